import { agentProgram } from "../cli/agent-program.ts";
import { localProgram } from "../cli/local/program.ts";
import { exitWith } from "./exit.ts";
import { thisProcess } from "./this-process.ts";

/** The programs; loaded once it is settled how. */
export const front = {
  agent: () => exitWith(() => agentProgram(process.argv.slice(2), thisProcess())),
  local: () => exitWith(() => localProgram(process.argv.slice(2), thisProcess()), "ERROR:"),
};
