import { defineCommand } from "../command-line.ts";
import type { RunOptions } from "./run.ts";

export const RUN = defineCommand<RunOptions>({
  usage: "run",
  summary: "poll for deployments and carry them out, in the foreground, until stopped",
  options: (command) =>
    command
      .option("--debug", "show every step, request and decision", false)
      .option("--once", "end when there is nothing left to do; status 1 when a command failed", false),
  examples: [
    "codedeploy-agent run",
    "codedeploy-agent run --config-file ./codedeployagent.yml --debug",
    "codedeploy-agent run --once",
  ],
  notes: `The first SIGTERM, SIGINT (Ctrl-C) or SIGHUP (the terminal is closed) lets running
commands finish; the second gives them up and undoes an Install.
Exit status: 0 after a stop, 78 when a configuration file has to be corrected
first, 1 when it could not start for another reason.`,
  run: async ({ options }, { services }) => (await import("./run.ts")).run(options, await services.runDependencies()),
});
