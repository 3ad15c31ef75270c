import { localProgram } from "../cli/local/program.ts";
import { exitWith } from "./exit.ts";
import { thisProcess } from "./this-process.ts";

await exitWith(() => localProgram(process.argv.slice(2), thisProcess()));
