import type { DeploymentSpecification } from "../../src/deployment/specification.ts";

/** A specification as the service sends it for a zip in S3. */
export const SPECIFICATION: DeploymentSpecification = {
  deploymentId: "d-5HD0C8N2V",
  deploymentGroupId: "group-1",
  deploymentGroupName: "demo",
  applicationName: "hello-web",
  deploymentCreator: "user",
  deploymentType: "IN_PLACE",
  appSpecFilename: "appspec.yml",
  fileExistsBehavior: "DISALLOW",
  revision: { type: "S3", bucket: "releases", key: "hello/web.zip", bundleType: "zip", eTag: "8f1c" },
};
