import { defineCommand } from "../command-line.ts";

/** Options of `doctor`. */
export interface DoctorOptions {
  readonly json?: boolean;
}

export const DOCTOR = defineCommand<DoctorOptions>({
  usage: "doctor",
  summary: "check this host: what is wrong, and what to do about it",
  description:
    "Checks configuration, identity, credentials, the ways to the command service and to S3, proxy, clock, disk, state directory, tools, what a crash left, and the service. Changes nothing and takes no command from the service.",
  options: (command) => command.option("--json", "as JSON"),
  examples: ["codedeploy-agent doctor", "codedeploy-agent doctor --json"],
  notes: "Exit status: 0 when nothing fails (warnings do not count), 1 when something does.",
  run: async (given, line) => (await import("./doctor.ts")).examine(given, line),
});
