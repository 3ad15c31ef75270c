import { type AnyCommand, defineCommand } from "../command-line.ts";
import { countArgument } from "../terminal/arguments.ts";

/** Options of `deployments`. */
export interface ListOptions {
  readonly json?: boolean;
  readonly group?: string;
  readonly limit: number;
}

/** Options of `deployments logs`. */
export interface LogsOptions {
  readonly follow?: boolean;
}

const DEFAULT_LIMIT = 20;

const SHOW = defineCommand<{ readonly json?: boolean }>({
  usage: "show <deployment>",
  summary: "events, durations and the reason of a failure",
  options: (command) => command.option("--json", "as JSON"),
  examples: ["codedeploy-agent deployments show d-5HD0C8N2V", "codedeploy-agent deployments show last"],
  notes:
    "The beginning of an id is enough if only one has it; last is the newest one.\nExit status: 0, or 1 when there is no such deployment.",
  run: async (given, line) => (await import("./show.ts")).showDeployment(given, line),
});

const LOGS = defineCommand<LogsOptions>({
  usage: "logs <deployment>",
  summary: "what the scripts of a deployment wrote",
  options: (command) => command.option("-f, --follow", "go on until Ctrl-C, or until the deployment's end"),
  examples: ["codedeploy-agent deployments logs d-5HD0C8N2V", "codedeploy-agent deployments logs last -f"],
  notes: "Exit status: 0, or 1 when there is no such deployment or no log.",
  run: async (given, line) => (await import("./logs.ts")).showLogs(given, line),
});

/** What was deployed on this host. */
export const DEPLOYMENTS: AnyCommand = defineCommand<ListOptions>({
  usage: "deployments",
  summary: "what was deployed on this host, and how it went",
  options: (command) =>
    command
      .option("--json", "as JSON")
      .option("-g, --group <group>", "of one deployment group only, by name or id")
      .option("-n, --limit <number>", "at most so many, the newest ones", countArgument, DEFAULT_LIMIT),
  examples: ["codedeploy-agent deployments", "codedeploy-agent deployments --group fleet --json"],
  notes: "A star marks what is installed now.",
  commands: [SHOW, LOGS],
  run: async (given, line) => (await import("./list.ts")).listDeployments(given, line),
});
