import { Command } from "commander";
import { type RunDependencies, run } from "./run.ts";

/** What the program needs from the process it runs in. */
export interface AgentProgramDependencies {
  readonly version: string;
  /** Built when a command needs it, so that `--help` answers at once. */
  readonly runDependencies: () => Promise<RunDependencies>;
}

const RUN_EXAMPLES = `
Examples:
  codedeploy-agent run
  codedeploy-agent run --config-file ./codedeployagent.yml --debug
  codedeploy-agent run --once

The first SIGTERM or SIGINT (Ctrl-C) lets running commands finish; the second gives them up and undoes an Install.`;

/** The program \`codedeploy-agent\`. Resolves with its exit status. */
export async function agentProgram(argv: readonly string[], dependencies: AgentProgramDependencies): Promise<number> {
  let status = 0;
  const program = new Command("codedeploy-agent")
    .description("Carries out AWS CodeDeploy deployments on this host.")
    .version(dependencies.version, "-v, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError("Run codedeploy-agent --help to see what can be given.");
  program
    .command("run")
    .description("poll for deployments and carry them out, in the foreground, until stopped")
    .option("-c, --config-file <file>", "configuration file (default: /etc/codedeploy-agent/conf/codedeployagent.yml)")
    .option("--debug", "show every step", false)
    .option("--once", "end when there is nothing left to do; status 1 when a command failed", false)
    .addHelpText("after", RUN_EXAMPLES)
    .action(async (options: { configFile?: string; debug: boolean; once: boolean }) => {
      status = await run(options, await dependencies.runDependencies());
    });
  await program.parseAsync(argv.map(withDash), { from: "user" });
  return status;
}

/** AWS's agent spells the option with an underscore. */
function withDash(argument: string): string {
  return argument.replace(/^--config_file(?==|$)/, "--config-file");
}
