import type {
  BatchGetApplicationRevisionsOutput,
  GetApplicationRevisionOutput,
  ListApplicationRevisionsOutput,
} from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import { revisionKey } from "../../coordination/order.ts";
import { type RevisionRow, revisionRowKey } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import { type ApiContext, answering, type Operations } from "../context.ts";
import { findApplication } from "../lookup.ts";
import { checkDescription } from "../names.ts";
import { page } from "../paging.ts";
import { refusal } from "../refuse.ts";
import { optional, Revision, Text } from "../shapes.ts";
import { seconds, secondsIfKnown, type Wire } from "../wire.ts";
import { inOrder, listed } from "./listing.ts";
import { checkRevision } from "./location.ts";

const MAX_BATCH = 25;
const Named = z.object({ applicationName: Text });

export function revisionOperations({ store, now }: ApiContext): Operations {
  return {
    RegisterApplicationRevision: answering(
      Named.extend({ revision: Revision, description: Text }),
      ({ applicationName, revision: given, description }) => {
        const { applicationName: application } = findApplication(store, applicationName);
        const revision = checkRevision(given);
        const key = revisionRowKey(application, revision);
        const known = store.revisions.get(key) ?? { application, revision, registeredAt: now() };
        store.revisions.put(key, { ...known, ...checkDescription(description) });
        return undefined;
      },
    ),
    GetApplicationRevision: answering(
      Named.extend({ revision: Revision }),
      ({ applicationName, revision: given }): Wire<GetApplicationRevisionOutput> => {
        const { applicationName: application } = findApplication(store, applicationName);
        const revision = checkRevision(given);
        const row = store.revisions.get(revisionRowKey(application, revision));
        if (row === undefined) {
          throw refusal("RevisionDoesNotExist", `Application ${application} has no such revision registered.`);
        }
        return { applicationName: application, revision, revisionInfo: revisionInfo(row, store) };
      },
    ),
    BatchGetApplicationRevisions: answering(
      Named.extend({ revisions: optional(z.array(Revision)) }),
      ({ applicationName, revisions }): Wire<BatchGetApplicationRevisionsOutput> => {
        const { applicationName: application } = findApplication(store, applicationName);
        if (revisions === undefined) throw refusal("RevisionRequired", "The revisions are missing.");
        if (revisions.length > MAX_BATCH) {
          throw refusal("BatchLimitExceeded", `At most ${MAX_BATCH} revisions are accepted in one call.`);
        }
        const locations = revisions.map(checkRevision);
        const rows = locations.map((location) => store.revisions.get(revisionRowKey(application, location)));
        const missing = rows.filter((row) => row === undefined).length;
        return {
          applicationName: application,
          errorMessage: missing === 0 ? "" : `${missing} of the revisions are not registered.`,
          revisions: rows.flatMap((row) =>
            row === undefined
              ? []
              : [{ revisionLocation: row.revision, genericRevisionInfo: revisionInfo(row, store) }],
          ),
        };
      },
    ),
    ListApplicationRevisions: answering(
      Named.extend({
        sortBy: Text,
        sortOrder: Text,
        s3Bucket: Text,
        s3KeyPrefix: Text,
        deployed: Text,
        nextToken: Text,
      }),
      ({ applicationName, nextToken, ...query }): Wire<ListApplicationRevisionsOutput> => {
        const { applicationName: application } = findApplication(store, applicationName);
        const own = [...store.revisions.all()].filter((row) => row.application === application);
        const rows = inOrder(
          listed(own, query, (row) => targetOf(row, store).length > 0),
          query,
        );
        const { items, nextToken: next } = page(rows, nextToken, ({ revision }) => revisionKey(revision));
        return { revisions: items.map(({ revision }) => revision), nextToken: next };
      },
    ),
  };
}

function revisionInfo(row: RevisionRow, store: SandboxStore) {
  return {
    description: row.description,
    deploymentGroups: targetOf(row, store),
    firstUsedTime: secondsIfKnown(row.firstUsedAt),
    lastUsedTime: secondsIfKnown(row.lastUsedAt),
    registerTime: seconds(row.registeredAt),
  };
}

/** Names of the groups whose target revision it is. */
function targetOf({ application, revision }: RevisionRow, { groups, deployments }: SandboxStore): readonly string[] {
  const key = revisionKey(revision);
  return [...groups.all()]
    .filter((group) => group.application === application)
    .filter(({ lastAttempted }) => {
      const target = deployments.get(lastAttempted ?? "")?.order.revision;
      return target !== undefined && revisionKey(target) === key;
    })
    .map(({ group }) => group);
}
