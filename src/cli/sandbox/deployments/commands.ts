import { Option } from "commander";
import {
  type AddCommand,
  configName,
  dataOption,
  endpointOption,
  jsonOption,
  list,
  minimumHealthyHosts,
  seconds,
} from "../options.ts";
import { BUNDLE_TYPES } from "./bundle-types.ts";

const DEPLOY_EXAMPLES = `
Examples:
  codedeploy-sandbox deploy --source ./app --application app --group demo --hosts host-1
  codedeploy-sandbox deploy --source app-1.1.zip --application app --group demo
  codedeploy-sandbox deploy --source ./app --application app --group fleet \\
    --hosts web-1,web-2,web-3 --minimum-healthy-hosts 50%
  codedeploy-sandbox deploy --source ./app --application app --group fleet \\
    --hosts 'web-*' --deployment-config HalfAtATime --auto-rollback

Exit status: 0 succeeded, 1 failed, 2 wrong usage, 3 stopped, 130 interrupted.`;

const WATCH_EXAMPLES = `
Examples:
  codedeploy-sandbox watch
  codedeploy-sandbox watch d-7K2M1Q0ZC --json

On a terminal a table of the hosts is kept up to date; elsewhere there is a line for each host that ends.
A sandbox that goes away is waited for 30 seconds.

Exit status: 0 succeeded, 1 failed, 2 wrong usage, 3 stopped, 130 interrupted.`;

export const addDeploy: AddCommand = (program, io, end) => {
  program
    .command("deploy")
    .description("upload a revision, deploy it and show what happens until it has ended")
    .requiredOption("--source <path>", "directory (packed) or archive (sent as it is)")
    .requiredOption("--application <name>", "application")
    .requiredOption("--group <name>", "deployment group; made when there is none")
    .option(
      "--hosts <names>",
      "hosts of the group, separated by commas; web-* for all of the name (default: those it has)",
      list,
    )
    .addOption(new Option("--deployment-config <name>", "OneAtATime, HalfAtATime or AllAtOnce").argParser(configName))
    .addOption(
      new Option("--minimum-healthy-hosts <n>", "hosts that stay healthy: a number, or 50%")
        .argParser(minimumHealthyHosts)
        .conflicts("deploymentConfig"),
    )
    .addOption(new Option("--bundle-type <type>", "how to pack, or what the archive is").choices(BUNDLE_TYPES))
    .option("--bucket <name>", "bucket to upload to", "revisions")
    .option("--key <key>", "key to upload to (default: <application>/<name of the source>)")
    .addOption(
      new Option(
        "--file-exists-behavior <behavior>",
        "what to do with files on the host that no deployment installed",
      ).choices(["DISALLOW", "OVERWRITE", "RETAIN"]),
    )
    .option("--appspec-filename <name>", "name of the AppSpec file in the revision")
    .option("--ignore-application-stop-failures", "go on when the old revision cannot be stopped", false)
    .option("--with-load-balancer", "run the traffic events too", false)
    .option("--auto-rollback", "deploy the last good revision again when this one fails", false)
    .option("--every-event", "show every lifecycle event of every host, where there are several", false)
    .option("--timeout <seconds>", "how long to wait for the end", seconds, 3600)
    .addOption(endpointOption())
    .addOption(dataOption())
    .addOption(jsonOption("print a line of JSON for each event instead of text"))
    .addHelpText("after", DEPLOY_EXAMPLES)
    .action(async (options) => end(await (await import("./deploy.ts")).deploy(options, io)));
};

export const addWatch: AddCommand = (program, io, end) => {
  program
    .command("watch")
    .description("show a deployment over many hosts until it has ended, however it was started")
    .argument("[deployment]", "id of the deployment (default: the one that is going on, else the last one)")
    .option("--no-rollback", "end with the deployment, even if a rollback follows")
    .option("--every-event", "show every lifecycle event of every host, where there are several", false)
    .option("--timeout <seconds>", "how long to wait for the end", seconds, 86_400)
    .addOption(endpointOption())
    .addOption(dataOption())
    .addOption(jsonOption("print a line of JSON for each event instead of text"))
    .addHelpText("after", WATCH_EXAMPLES)
    .action(async (deployment, options) => end(await (await import("./watch.ts")).watch(deployment, options, io)));
};
