import { defineCommand } from "../command-line.ts";

/** Options of `repair`. */
export interface RepairOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly forgetLastSuccessful?: boolean;
  readonly json?: boolean;
}

export const REPAIR = defineCommand<RepairOptions>({
  usage: "repair <group>",
  summary: "ways out for a deployment group that is stuck on this host",
  description:
    "Looks for what keeps a deployment group from being deployed to, shows what it would do about it, and asks: ends an Install that was cut short, forgets a revision whose ApplicationStop can never succeed, clears tracking files that are stale.",
  options: (command) =>
    command
      .option("-y, --yes", "do it without asking")
      .option("--dry-run", "only show it")
      .option("--forget-last-successful", "forget what is installed, so that its ApplicationStop no longer runs")
      .option("--json", "as JSON; with --yes what was done, otherwise what would be"),
  examples: [
    "codedeploy-agent repair fleet",
    "codedeploy-agent repair fleet --forget-last-successful --yes",
    "codedeploy-agent repair fleet --dry-run",
  ],
  notes: "The group is given by its name or id. Exit status: 0 when nothing is left to do,\n1 when something is.",
  run: async (given, line) => (await import("./repair.ts")).repairGroup(given, line),
});
