import type { BatchGetDeploymentsOutput, GetDeploymentOutput } from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import { type ApiContext, answering, type Operations } from "../context.ts";
import { findDeployment } from "../lookup.ts";
import { checkBatch, checkName } from "../names.ts";
import { refusal } from "../refuse.ts";
import { Flag, Text, Texts } from "../shapes.ts";
import type { Wire } from "../wire.ts";
import { continueDeployment, stopDeployment } from "./control.ts";
import { CreateDeploymentShape, createDeployment } from "./create-deployment.ts";
import { deploymentInfo } from "./deployment-info.ts";
import { ListDeploymentsShape, listDeployments } from "./list-deployments.ts";

const MAX_BATCH = 100;
const Named = z.object({ deploymentId: Text });

export function deploymentOperations(context: ApiContext): Operations {
  const { store } = context;
  return {
    CreateDeployment: answering(CreateDeploymentShape, (input) => createDeployment(context, input)),
    GetDeployment: answering(
      Named,
      ({ deploymentId }): Wire<GetDeploymentOutput> => ({
        deploymentInfo: deploymentInfo(findDeployment(store, deploymentId)),
      }),
    ),
    BatchGetDeployments: answering(
      z.object({ deploymentIds: Texts }),
      ({ deploymentIds }): Wire<BatchGetDeploymentsOutput> => {
        if (deploymentIds === undefined) throw refusal("DeploymentIdRequired", "No deployment ids are given.");
        const ids = checkBatch(deploymentIds, MAX_BATCH).map((id) => checkName("deployment", id));
        const rows = ids.flatMap((id) => store.deployments.get(id) ?? []);
        return { deploymentsInfo: rows.map((row) => deploymentInfo(row)) };
      },
    ),
    ListDeployments: answering(ListDeploymentsShape, (input) => listDeployments(store, input)),
    StopDeployment: answering(Named.extend({ autoRollbackEnabled: Flag }), (input) => stopDeployment(context, input)),
    ContinueDeployment: answering(Named.extend({ deploymentWaitType: Text }), (input) =>
      continueDeployment(context, input),
    ),
    SkipWaitTimeForInstanceTermination: answering(Named, ({ deploymentId }) =>
      continueDeployment(context, { deploymentId, deploymentWaitType: "TERMINATION_WAIT" }),
    ),
  };
}
