import { Option } from "commander";
import { type AnyCommand, defineCommand } from "../command-line.ts";
import { secondsArgument } from "../terminal/arguments.ts";
import type { PauseOptions } from "./pause.ts";
import { RUN } from "./run-command.ts";
import type { StartOptions } from "./start.ts";

const DEFAULT_WAIT_SECONDS = 30;

function waitOption(): Option {
  return new Option("--wait <seconds>", "how long to wait until it is ready")
    .argParser(secondsArgument)
    .default(DEFAULT_WAIT_SECONDS);
}

const START = defineCommand<StartOptions>({
  usage: "start",
  summary: "start the agent in the background and wait until it is ready",
  description:
    "Starts the agent in the background, through systemd where it has a unit of the agent, and returns when it is ready or says why it is not.",
  options: (command) => command.addOption(waitOption()),
  examples: ["codedeploy-agent start", "codedeploy-agent start --config-file ./codedeployagent.yml --wait 60"],
  notes: "Exit status: 0 when it runs, also when it did before; 1 when it does not, or is\nnot ready in time.",
  run: async (given, line) => (await import("./start.ts")).startDaemon(given, line),
});

const STOP = defineCommand({
  usage: "stop",
  summary: "stop the agent when what it runs has ended",
  description:
    "Stops the agent. Commands that run may end, up to kill_agent_max_wait_time_seconds; this says for what it waits.",
  examples: ["codedeploy-agent stop"],
  notes: "Exit status: 0 when none runs any more, 1 when it does not stop, 4 when nobody\ncan tell.",
  run: async (given, line) => (await import("./stop.ts")).stopDaemon(given, line),
});

const RESTART = defineCommand<StartOptions>({
  usage: "restart",
  summary: "stop the agent and start it again",
  options: (command) => command.addOption(waitOption()),
  examples: ["codedeploy-agent restart"],
  notes: "Exit status: as of stop, then of start.",
  run: async (given, line) => (await import("./restart.ts")).restartDaemon(given, line),
});

const STATUS = defineCommand<{ readonly json?: boolean }>({
  usage: "status",
  summary: "tell whether the agent runs and what it does",
  options: (command) => command.option("--json", "as JSON"),
  examples: ["codedeploy-agent status", "codedeploy-agent status --json"],
  notes: "Exit status: 0 running, 3 not running, 4 unknown.",
  run: async (given, line) => (await import("./status.ts")).showStatus(given, line),
});

const PAUSE = defineCommand<PauseOptions>({
  usage: "pause",
  summary: "take no new commands until resumed",
  description:
    "A paused agent takes no new commands; what it runs goes on to its end. The wish outlives restarts, and status shows it.",
  options: (command) => command.option("--reason <text>", "why, for whoever looks at the status"),
  examples: ['codedeploy-agent pause --reason "kernel update"'],
  notes:
    "The service waits for a host that takes no commands, and fails its deployment in\nthe end: pause for minutes, not for hours.",
  run: async (given, line) => (await import("./pause.ts")).pause(given, line),
});

const RESUME = defineCommand({
  usage: "resume",
  summary: "take commands again after a pause",
  examples: ["codedeploy-agent resume"],
  run: async (given, line) => (await import("./pause.ts")).resume(given, line),
});

/** The commands about the daemon. */
export const DAEMON_COMMANDS: readonly AnyCommand[] = [RUN, START, STOP, RESTART, STATUS, PAUSE, RESUME];
