import { once } from "node:events";
import type { CommandLine } from "../cli/command-line.ts";
import type { Io } from "../cli/terminal/io.ts";
import { services } from "../compose/services.ts";
import { COMMIT, VERSION } from "../version.ts";

/** This process as its command line sees it. */
export function thisProcess(): CommandLine {
  return {
    io: processIo(),
    program: { version: VERSION, commit: COMMIT, runtime: `Node.js ${process.versions.node}` },
    services,
  };
}

function processIo(): Io {
  let interrupted: AbortController | undefined;
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    workingDirectory: process.cwd(),
    async ask(question) {
      if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
      const { createInterface } = await import("node:readline/promises");
      const terminal = createInterface({ input: process.stdin, output: process.stdout });
      // Ctrl-C and Ctrl-D close it, and would leave the question without an answer for ever.
      const closed = once(terminal, "close").then(() => undefined);
      return Promise.race([terminal.question(question), closed]).finally(() => terminal.close());
    },
    interrupted() {
      if (interrupted === undefined) {
        const controller = new AbortController();
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => controller.abort());
        interrupted = controller;
      }
      return interrupted.signal;
    },
  };
}
