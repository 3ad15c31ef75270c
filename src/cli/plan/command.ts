import { Option } from "commander";
import { FILE_EXISTS_BEHAVIORS, type FileExistsBehavior } from "../../deployment/specification.ts";
import { defineCommand } from "../command-line.ts";
import { BUNDLE_TYPES, type BundleType } from "../local/options.ts";

/** Options of `plan`. */
export interface PlanOptions {
  readonly group: string;
  readonly type?: BundleType;
  readonly fileExistsBehavior: FileExistsBehavior;
  readonly appspecFilename: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

export const PLAN = defineCommand<PlanOptions>({
  usage: "plan <bundle>",
  summary: "show what Install would do on this host, without doing it",
  description:
    "Shows what Install would do with a bundle on this host, and why it would fail: a directory, an archive, s3://bucket/key or a GitHub URL. Nothing on the host is changed; an archive is unpacked into a temporary directory that is removed again.",
  options: (command) =>
    command
      .option("-g, --group <group>", "deployment group, by name or id", "default-local-deployment-group")
      .addOption(new Option("-t, --type <type>", "how it is packed, if its name does not tell").choices(BUNDLE_TYPES))
      .addOption(
        new Option("-b, --file-exists-behavior <behavior>", "what to do with files that no deployment installed")
          .choices(FILE_EXISTS_BEHAVIORS)
          .default("DISALLOW"),
      )
      .option("-A, --appspec-filename <name>", "name of the AppSpec file", "appspec.yml")
      .option("--all", "list what stays as it is, too")
      .option("--json", "as JSON"),
  examples: [
    "codedeploy-agent plan ./build --group fleet",
    "codedeploy-agent plan s3://releases/my-app.zip --group fleet --json",
  ],
  notes: "Exit status: 0 when it could be installed, 1 when not.",
  run: async (given, line) => (await import("./plan.ts")).showPlan(given, line),
});
