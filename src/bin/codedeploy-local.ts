import { localProgram } from "../cli/local/program.ts";
import { localFileSystem } from "../host/file-system.ts";
import { VERSION } from "../version.ts";
import { exitWith } from "./exit.ts";

await exitWith(() =>
  localProgram(process.argv.slice(2), {
    version: VERSION,
    fileSystem: localFileSystem,
    workingDirectory: process.cwd(),
    print: (line) => void process.stdout.write(`${line}\n`),
    printError: (line) => void process.stderr.write(`${line}\n`),
    openHost: async (loaded) => (await import("../compose/local-host.ts")).openLocalHost(loaded),
  }),
);
