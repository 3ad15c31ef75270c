import type { JsonService } from "../http/json-service.ts";
import { applicationOperations } from "./applications/applications.ts";
import { configurationOperations } from "./configurations/configurations.ts";
import type { ApiContext } from "./context.ts";
import { deploymentOperations } from "./deployments/deployments.ts";
import { targetOperations } from "./deployments/targets.ts";
import { groupOperations } from "./groups/groups.ts";
import { instanceOperations } from "./instances/instances.ts";
import { gitHubTokenOperations } from "./resources/github-tokens.ts";
import { resourceTagOperations } from "./resources/resource-tags.ts";
import { revisionOperations } from "./revisions/revisions.ts";

/** The public API of CodeDeploy for servers, by target prefix. */
export function codeDeployService(context: ApiContext): ReadonlyMap<string, JsonService> {
  const operations = {
    ...applicationOperations(context),
    ...configurationOperations(context),
    ...groupOperations(context),
    ...revisionOperations(context),
    ...instanceOperations(context),
    ...deploymentOperations(context),
    ...targetOperations(context),
    ...resourceTagOperations(context),
    ...gitHubTokenOperations(),
  };
  return new Map([["CodeDeploy_20141006", { faultService: "codedeploy", signingName: "codedeploy", operations }]]);
}
