import { run } from "../cli/sandbox/program.ts";
import { VERSION } from "../version.ts";
import { exitWith } from "./exit.ts";

const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());

await exitWith(() =>
  run(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    version: VERSION,
    stop: stop.signal,
  }),
);
