import { randomUUID } from "node:crypto";
import type { CreateDeploymentConfigOutput, ListDeploymentConfigsOutput } from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import type { MinimumHealthyHosts } from "../../model/deployment.ts";
import { faultOf } from "../../orchestration/minimum-health.ts";
import type { SandboxStore } from "../../store/store.ts";
import { type ApiContext, answering, type Operations } from "../context.ts";
import { checkName } from "../names.ts";
import { page } from "../paging.ts";
import { refusal } from "../refuse.ts";
import { Kept, optional, Text } from "../shapes.ts";
import { seconds, type Wire } from "../wire.ts";
import { allConfigurations, findConfiguration, isPredefined } from "./known.ts";
import { checkZones } from "./zones.ts";

const MAX_CONFIGURATIONS = 200;
const Named = z.object({ deploymentConfigName: Text });
const Minimum = optional(z.object({ type: Text, value: optional(z.number()) }));

export function configurationOperations({ store, now }: ApiContext): Operations {
  return {
    CreateDeploymentConfig: answering(
      Named.extend({ minimumHealthyHosts: Minimum, computePlatform: Text, zonalConfig: Kept }),
      ({
        deploymentConfigName,
        minimumHealthyHosts,
        computePlatform,
        zonalConfig,
      }): Wire<CreateDeploymentConfigOutput> => {
        const name = checkName("configuration", deploymentConfigName);
        if (isPredefined(name)) {
          throw refusal(
            "InvalidDeploymentConfigName",
            "Names that begin with CodeDeployDefault. are the service's own.",
          );
        }
        if (computePlatform !== undefined && computePlatform !== "Server") {
          throw refusal("InvalidComputePlatform", "The sandbox deploys to servers only (Server).");
        }
        const rule = checkRule(minimumHealthyHosts);
        checkZones(zonalConfig);
        requireFree(store, name);
        const deploymentConfigId = randomUUID();
        store.configurations.put(name, {
          deploymentConfigId,
          deploymentConfigName: name,
          rule,
          createdAt: now(),
          ...(zonalConfig === undefined ? {} : { zonalConfig }),
        });
        return { deploymentConfigId };
      },
    ),
    GetDeploymentConfig: answering(Named, ({ deploymentConfigName }) => {
      const row = findConfiguration(store, checkName("configuration", deploymentConfigName));
      const deploymentConfigInfo = {
        deploymentConfigId: row.deploymentConfigId,
        deploymentConfigName: row.deploymentConfigName,
        // The SDK's types know no MOST_CONCURRENCY, which the service shows for OneAtATime.
        minimumHealthyHosts: row.rule,
        createTime: seconds(row.createdAt),
        computePlatform: "Server",
        zonalConfig: row.zonalConfig,
      } as const;
      return { deploymentConfigInfo };
    }),
    ListDeploymentConfigs: answering(
      z.object({ nextToken: Text }),
      ({ nextToken }): Wire<ListDeploymentConfigsOutput> => {
        const names = allConfigurations(store).map(({ deploymentConfigName }) => deploymentConfigName);
        const { items, nextToken: next } = page(names, nextToken, (name) => name);
        return { deploymentConfigsList: items, nextToken: next };
      },
    ),
    DeleteDeploymentConfig: answering(Named, ({ deploymentConfigName }) => {
      const name = checkName("configuration", deploymentConfigName);
      if (isPredefined(name)) throw refusal("InvalidOperation", `${name} is the service's own and cannot be deleted.`);
      const user = [...store.groups.all()].find(({ settings }) => settings.deploymentConfigName === name);
      if (user !== undefined) {
        throw refusal("DeploymentConfigInUse", `Deployment group ${user.group} of ${user.application} uses ${name}.`);
      }
      store.configurations.delete(name);
      return undefined;
    }),
  };
}

function checkRule(
  given: { readonly type?: string | undefined; readonly value?: number | undefined } | undefined,
): MinimumHealthyHosts {
  const { type, value } = given ?? {};
  if ((type !== "HOST_COUNT" && type !== "FLEET_PERCENT") || value === undefined) {
    const message = "minimumHealthyHosts needs a type, HOST_COUNT or FLEET_PERCENT, and a value.";
    throw refusal("InvalidMinimumHealthyHostValue", message);
  }
  const rule = { type, value } as const;
  const fault = faultOf(rule);
  if (fault === undefined) return rule;
  throw refusal("InvalidMinimumHealthyHostValue", `minimumHealthyHosts: ${fault}.`);
}

function requireFree({ configurations }: SandboxStore, name: string): void {
  if (configurations.get(name) !== undefined) {
    throw refusal("DeploymentConfigAlreadyExists", `There is a deployment configuration ${name} already.`);
  }
  if ([...configurations.all()].length < MAX_CONFIGURATIONS) return;
  throw refusal("DeploymentConfigLimitExceeded", `There are ${MAX_CONFIGURATIONS} deployment configurations already.`);
}
