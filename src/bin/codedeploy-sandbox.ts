import { realpathSync } from "node:fs";
import { run } from "../cli/sandbox/program.ts";
import { VERSION } from "../version.ts";
import { exitWith } from "./exit.ts";

const stop = new AbortController();
const hurry = new AbortController();
/** The first asks to stop, the second to be quick about it, the third is not a request any more. */
const steps = [() => stop.abort(), () => hurry.abort(), () => process.exit(130)];
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => (steps.shift() ?? process.exit)());

await exitWith(() =>
  run(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    version: VERSION,
    stop: stop.signal,
    hurry: hurry.signal,
    program: [process.execPath, realpathSync(process.argv[1] ?? "")],
  }),
);
