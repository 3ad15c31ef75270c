import { defineCommand } from "../command-line.ts";
import { addDeployOptions, DEPLOY_NOTES, type DeployOptions } from "./options.ts";

export const DEPLOY = defineCommand<DeployOptions>({
  usage: "deploy",
  summary: "carry out a deployment on this host, without the service",
  description:
    "Carries out a deployment on this host, without the CodeDeploy service, from a directory, an archive, S3 or GitHub. codedeploy-local is the same.",
  options: (command) => addDeployOptions(command, "."),
  examples: [
    "codedeploy-agent deploy --bundle-location ./my-app --show-output",
    "codedeploy-agent deploy -l my-app.tgz -t tgz -g my-group -b OVERWRITE",
    "codedeploy-agent deploy -l 's3://bucket/my-app.zip?versionId=8f1c' -t zip",
    "codedeploy-agent deploy -l https://github.com/account/my-app/tree/main -t tar",
  ],
  notes: DEPLOY_NOTES,
  run: async ({ options }, line) =>
    (await import("./deployment.ts")).deployLocally({ ...options, prefix: "error:" }, line),
});
