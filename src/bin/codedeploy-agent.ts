import { agentProgram } from "../cli/agent-program.ts";
import { services } from "../compose/services.ts";
import { COMMIT, VERSION } from "../version.ts";
import { exitWith } from "./exit.ts";
import { processIo } from "./io.ts";

await exitWith(() =>
  agentProgram(process.argv.slice(2), {
    io: processIo(),
    program: { version: VERSION, commit: COMMIT, runtime: `Node.js ${process.versions.node}` },
    services,
  }),
);
