import { agentProgram } from "../cli/agent-program.ts";
import { VERSION } from "../version.ts";
import { exitWith } from "./exit.ts";

await exitWith(() =>
  agentProgram(process.argv.slice(2), {
    version: VERSION,
    runDependencies: async () => (await import("../compose/agent.ts")).runDependencies(),
  }),
);
