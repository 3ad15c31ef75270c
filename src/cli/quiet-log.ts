import type { Log } from "../ports/log.ts";

/** Where records go of work whose result the command shows itself. */
export const quietLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
