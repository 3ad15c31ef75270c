import { Command, CommanderError } from "commander";
import type { AnyCommand, CommandLine, Given, GlobalOptions } from "./command-line.ts";
import { COMMANDS } from "./commands.ts";
import { CliError, EXIT } from "./terminal/io.ts";
import { wrap } from "./terminal/layout.ts";
import { printableLines } from "./terminal/printable.ts";

const HELP_WIDTH = 80;
/** Descriptions beside long options have less than the library wants before it breaks lines. */
const LEAST_HELP_WIDTH = 20;

/** The program `codedeploy-agent`. Resolves with its exit status. */
export async function agentProgram(argv: readonly string[], line: CommandLine): Promise<number> {
  const status: Status = { value: EXIT.done };
  try {
    await buildProgram(line, status).parseAsync(argv.map(withDash), { from: "user" });
    return status.value;
  } catch (error) {
    return statusOf(error, line);
  }
}

/** The whole command line, as `--help` and the completion scripts show it; nothing of it runs before it is parsed. */
function buildProgram(line: CommandLine, status: Status): Command {
  const { program: version } = line;
  const program = withBasics(new Command("codedeploy-agent"), line)
    .description("Carries out AWS CodeDeploy deployments on this host, and helps to find out why one failed.")
    .option("-c, --config-file <file>", "configuration file of the agent, instead of the usual one")
    .version(version.version, "-v, --version", "print the version")
    .addHelpText("after", "\nRun codedeploy-agent <command> --help for examples.");
  for (const definition of COMMANDS) program.addCommand(buildCommand(definition, line, status));
  return program;
}

/** Where a command leaves its exit status. */
interface Status {
  value: number;
}

function buildCommand(definition: AnyCommand, line: CommandLine, status: Status): Command {
  const { usage, summary, description = `${summary}.`, options, commands = [], run } = definition;
  const [name = "", ...argumentsOf] = usage.split(" ");
  const command = withBasics(new Command(name), line).summary(summary).description(sentence(description));
  for (const argument of argumentsOf) command.argument(argument);
  options?.(command);
  for (const inner of commands) command.addCommand(buildCommand(inner, line, status));
  command.addHelpText("after", afterHelp(definition));
  if (run === undefined) return command;
  return command.action(async () => {
    const root = rootOf(command);
    const given: Given<GlobalOptions> = { options: command.optsWithGlobals(), arguments: command.args, root };
    status.value = await run(given as never, line);
  });
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

function withBasics(command: Command, { io }: CommandLine): Command {
  return command
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .showHelpAfterError("Run it with --help to see what can be given.")
    .configureHelp({
      minWidthToWrap: LEAST_HELP_WIDTH,
      showGlobalOptions: true,
      subcommandTerm: (inner) => inner.name(),
    })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? HELP_WIDTH,
      getErrHelpWidth: () => io.stderr.columns ?? HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function afterHelp({ examples, notes }: AnyCommand): string {
  const lines = examples.length === 0 ? [] : ["", "Examples:", ...examples.map((example) => `  ${example}`)];
  return [...lines, ...(notes === undefined ? [] : ["", ...wrap(notes, HELP_WIDTH)])].join("\n");
}

/** AWS's agent spells the option with an underscore. */
function withDash(argument: string): string {
  return argument.replace(/^--config_file(?==|$)/, "--config-file");
}

/** The status of a command line that ended early; what an operator can do something about is printed, one line each. */
function statusOf(error: unknown, { io }: CommandLine): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (!isForOperators(error)) throw error;
  const told = "report" in error ? String(error.report) : error.message;
  for (const text of printableLines(told)) io.stderr.write(`error: ${text}\n`);
  return error instanceof CliError ? error.exitStatus : EXIT.failed;
}

/** Errors by name: importing their classes would load what most commands do not need. */
const FOR_OPERATORS: ReadonlySet<string> = new Set([
  "AccountError",
  "CliError",
  "ConfigError",
  "DeploymentError",
  "LocalUsageError",
  "ServiceError",
]);

function isForOperators(error: unknown): error is Error {
  return error instanceof Error && FOR_OPERATORS.has(error.name);
}
