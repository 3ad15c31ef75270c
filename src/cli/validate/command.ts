import { Option } from "commander";
import { defineCommand } from "../command-line.ts";

/** Values of `--format`. */
export const FORMATS = ["text", "json", "github"] as const;

/** Options of `validate`. */
export interface ValidateOptions {
  readonly format: (typeof FORMATS)[number];
  readonly json?: boolean;
  readonly type?: "directory" | "tar" | "tgz" | "zip";
  readonly appspecFilename: string;
  readonly strict?: boolean;
}

export const VALIDATE = defineCommand<ValidateOptions>({
  usage: "validate [path]",
  summary: "check an AppSpec file and the bundle around it",
  description:
    "Checks an AppSpec file, or a whole revision: a directory or an archive. It shows every fault and warning at once, each with its place. Nothing is changed.",
  options: (command) =>
    command
      .addOption(new Option("--format <format>", "how to show what was found").choices(FORMATS).default("text"))
      .option("--json", "the same as --format json")
      .option("-A, --appspec-filename <name>", "name of the AppSpec file in the revision", "appspec.yml")
      .option("--strict", "warnings count as faults for the exit status"),
  examples: [
    "codedeploy-agent validate                     the revision in this directory",
    "codedeploy-agent validate appspec.yml         the file alone",
    "codedeploy-agent validate build/my-app.zip",
    "codedeploy-agent validate --format github .   in a workflow of GitHub Actions",
  ],
  notes: "Exit status: 0 when it can be deployed, 1 when there are faults, 2 for a wrong command line.",
  run: async (given, line) => (await import("./validate.ts")).validate(given, line),
});
