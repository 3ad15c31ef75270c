import { agentProgram } from "../cli/agent-program.ts";
import { exitWith } from "./exit.ts";
import { thisProcess } from "./this-process.ts";

await exitWith(() => agentProgram(process.argv.slice(2), thisProcess()));
