import type {
  BatchGetApplicationsOutput,
  CreateApplicationOutput,
  GetApplicationOutput,
  ListApplicationsOutput,
} from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import { newApplication } from "../../store/new-rows.ts";
import type { ApplicationRow } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import { type ApiContext, answering, type Operations } from "../context.ts";
import { findApplication } from "../lookup.ts";
import { checkBatch, checkName } from "../names.ts";
import { page } from "../paging.ts";
import { refusal } from "../refuse.ts";
import { Tags, Text, Texts } from "../shapes.ts";
import { checkTags } from "../tag-rules.ts";
import { seconds, type Wire } from "../wire.ts";
import { forgetApplication, renameApplication } from "./ownership.ts";

const MAX_APPLICATIONS = 1000;
const MAX_BATCH = 100;
const Named = z.object({ applicationName: Text });

export function applicationOperations(context: ApiContext): Operations {
  const { store, now } = context;
  return {
    CreateApplication: answering(
      Named.extend({ computePlatform: Text, tags: Tags }),
      ({ applicationName, computePlatform, tags }): Wire<CreateApplicationOutput> => {
        const name = checkName("application", applicationName);
        requireServer(computePlatform);
        const row = { ...newApplication(name, now()), tags: checkTags(tags, "InvalidTagsToAdd") };
        requireFree(store, name);
        store.applications.put(name, row);
        return { applicationId: row.applicationId };
      },
    ),
    GetApplication: answering(
      Named,
      ({ applicationName }): Wire<GetApplicationOutput> => ({
        application: applicationInfo(findApplication(store, applicationName)),
      }),
    ),
    BatchGetApplications: answering(
      z.object({ applicationNames: Texts }),
      ({ applicationNames }): Wire<BatchGetApplicationsOutput> => {
        if (applicationNames === undefined) throw refusal("ApplicationNameRequired", "No application names are given.");
        const names = checkBatch(applicationNames, MAX_BATCH);
        return { applicationsInfo: names.map((name) => applicationInfo(findApplication(store, name))) };
      },
    ),
    ListApplications: answering(z.object({ nextToken: Text }), ({ nextToken }): Wire<ListApplicationsOutput> => {
      const names = [...store.applications.all()].map(({ applicationName }) => applicationName).sort();
      const { items, nextToken: next } = page(names, nextToken, (name) => name);
      return { applications: items, nextToken: next };
    }),
    UpdateApplication: answering(
      Named.extend({ newApplicationName: Text }),
      ({ applicationName, newApplicationName }) => {
        const row = findApplication(store, applicationName);
        const name = checkName("application", newApplicationName);
        if (name === row.applicationName) return undefined;
        requireFree(store, name);
        store.transaction(() => renameApplication(store, row, name));
        return undefined;
      },
    ),
    DeleteApplication: answering(Named, ({ applicationName }) => {
      const name = checkName("application", applicationName);
      store.transaction(() => forgetApplication(context, name));
      return undefined;
    }),
  };
}

function applicationInfo({ applicationId, applicationName, createdAt }: ApplicationRow) {
  return {
    applicationId,
    applicationName,
    createTime: seconds(createdAt),
    linkedToGitHub: false,
    computePlatform: "Server",
  } as const;
}

function requireServer(computePlatform: string | undefined): void {
  if (computePlatform === undefined || computePlatform === "Server") return;
  const message = `${JSON.stringify(computePlatform)} is not available: the sandbox deploys to servers only (Server).`;
  throw refusal("InvalidComputePlatform", message);
}

function requireFree({ applications }: SandboxStore, name: string): void {
  if (applications.get(name) !== undefined) {
    throw refusal("ApplicationAlreadyExists", `There is an application ${name} already.`);
  }
  if ([...applications.all()].length >= MAX_APPLICATIONS) {
    throw refusal("ApplicationLimitExceeded", `There are ${MAX_APPLICATIONS} applications already.`);
  }
}
