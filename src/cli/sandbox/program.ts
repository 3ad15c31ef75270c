import { Command, CommanderError } from "commander";
import { SandboxRefusal, SandboxUnreachable } from "../../sandbox/client/http-json.ts";
import { SandboxStartError } from "../../sandbox/start-error.ts";
import { addDeploy, addWatch } from "./deployments/commands.ts";
import { errnoOf } from "./errno.ts";
import { addConfigureAgent, addFleet } from "./hosts/commands.ts";
import { CliFailure, EXIT, type SandboxIo } from "./io.ts";
import type { AddCommand } from "./options.ts";
import { addAlarm, addDown, addEnv, addFault, addStatus, addUp } from "./service/commands.ts";

const EXAMPLES = `
Examples:
  codedeploy-sandbox up --detach
  codedeploy-sandbox fleet --hosts 5 --detach
  codedeploy-sandbox deploy --source ./app --application app --group web --hosts 'web-*' --auto-rollback
  codedeploy-sandbox status
  codedeploy-sandbox down

Exit status: 0 done, 1 failed (also a deployment that failed), 2 wrong usage, 3 a deployment that was stopped,
130 interrupted.`;

/** In the order in which the help lists them. */
const COMMANDS: readonly AddCommand[] = [
  addUp,
  addDown,
  addFleet,
  addConfigureAgent,
  addEnv,
  addDeploy,
  addWatch,
  addStatus,
  addFault,
  addAlarm,
];

/** The program `codedeploy-sandbox`. @param argv arguments behind the program's name. Resolves with the exit status. */
export async function run(argv: readonly string[], io: SandboxIo): Promise<number> {
  try {
    let exitStatus: number = EXIT.done;
    const program = sandboxProgram({ ...io, argv }, (status) => {
      exitStatus = status;
    });
    await program.parseAsync(argv, { from: "user" });
    return exitStatus;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    io.stderr.write(`error: ${explain(error)}\n`);
    return error instanceof CliFailure ? error.exitStatus : EXIT.failed;
  }
}

function sandboxProgram(io: SandboxIo, end: (exitStatus: number) => void): Command {
  const program = new Command("codedeploy-sandbox")
    .description("A local CodeDeploy for development, demos and tests: agents poll it as they poll AWS.")
    .version(io.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .showHelpAfterError("(codedeploy-sandbox --help shows what can be given)")
    .addHelpText("after", EXAMPLES);
  for (const add of COMMANDS) add(program, io, end);
  return program;
}

/** One line for an error; those that are not meant for users are marked as ours. */
function explain(error: unknown): string {
  const isForUsers =
    error instanceof CliFailure ||
    error instanceof SandboxStartError ||
    error instanceof SandboxRefusal ||
    error instanceof SandboxUnreachable ||
    errnoOf(error) !== undefined;
  const message = (error instanceof Error ? error.message : String(error)).replaceAll("\n", " ");
  if (error instanceof SandboxUnreachable) return `${message} Start one with "codedeploy-sandbox up".`;
  return isForUsers ? message : `${message} (this is a fault of codedeploy-sandbox, please report it)`;
}
