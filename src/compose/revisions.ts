import { revisionsByType } from "../bundle/revisions-by-type.ts";
import type { HostIdentity } from "../ports/identity.ts";
import type { Revisions } from "../ports/revisions.ts";
import { createGitHubRevisions } from "../remote/github/revisions.ts";
import { createS3Revisions } from "../remote/s3/revisions.ts";
import { VERSION } from "../version.ts";
import { type Connection, requireFips } from "./connection.ts";

/** Revisions in S3 and GitHub. @throws ConfigError when S3 has no endpoint of the kind that was asked for */
export function remoteRevisionsOf(connection: Connection, { region }: HostIdentity): Revisions {
  const { config, ...ports } = connection;
  const { s3_endpoint_override: endpoint, use_fips_mode: fips, use_dual_stack: dualStack } = config;
  requireFips(config, region);
  const s3 = { ...ports, region, fips, dualStack, ...(endpoint === undefined ? {} : { endpoint }) };
  return revisionsByType({ S3: createS3Revisions(s3), GitHub: gitHubRevisions(connection) });
}

/** Revisions in GitHub alone: they need no region and no credentials of AWS. */
export function gitHubRevisions({ config, clock, log, agents, wire }: Connection): Revisions {
  return createGitHubRevisions({
    endpoint: config.github_api_endpoint,
    userAgent: `codedeploy-agent/${VERSION}`,
    agents,
    clock,
    log,
    ...(wire === undefined ? {} : { wire }),
  });
}
