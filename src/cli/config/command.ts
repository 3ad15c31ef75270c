import { defineCommand } from "../command-line.ts";

/** Options of `config check`. */
export interface ConfigCheckOptions {
  readonly json?: boolean;
}

const CHECK = defineCommand<ConfigCheckOptions>({
  usage: "check",
  summary: "show the configuration as the daemon sees it, and what is wrong with it",
  options: (command) => command.option("--json", "as JSON"),
  examples: [
    "codedeploy-agent config check",
    "codedeploy-agent config check --config-file ./codedeployagent.yml --json",
  ],
  notes: "Exit status: 0 when the daemon would start with it, 1 when it would not.",
  run: async (given, line) => (await import("./check.ts")).checkConfig(given, line),
});

export const CONFIG = defineCommand({
  usage: "config",
  summary: "the configuration of the agent",
  examples: [],
  commands: [CHECK],
});
