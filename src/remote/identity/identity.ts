import type { OnPremisesConfig } from "../../config/on-premises.ts";
import type { HostIdentity, IdentitySource } from "../../ports/identity.ts";
import { type InstanceMetadataOptions, readInstanceFacts } from "./instance-metadata.ts";

/** What decides who the host is, in this order: the on-premises file, the environment, the metadata service. */
export interface IdentityOptions {
  readonly onPremises: OnPremisesConfig | undefined;
  /** Of it `AWS_REGION` and `AWS_HOST_IDENTIFIER` are read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly metadata: InstanceMetadataOptions;
}

/** The identity of this host; an answer is kept for the life of the process. */
export function createIdentitySource(options: IdentityOptions): IdentitySource {
  let known: HostIdentity | undefined;
  return {
    async identify(signal) {
      known ??= identityWithoutNetwork(options) ?? (await identityFromMetadata(options, signal));
      return known;
    },
  };
}

function identityWithoutNetwork({ onPremises, environment }: IdentityOptions): HostIdentity | undefined {
  if (onPremises !== undefined) return { hostIdentifier: onPremises.hostIdentifier, region: onPremises.region };
  const { AWS_HOST_IDENTIFIER: hostIdentifier, AWS_REGION: region } = environment;
  return hostIdentifier && region ? { hostIdentifier, region } : undefined;
}

async function identityFromMetadata(options: IdentityOptions, signal: AbortSignal): Promise<HostIdentity> {
  const { AWS_HOST_IDENTIFIER, AWS_REGION } = options.environment;
  const facts = await readInstanceFacts(options.metadata, signal);
  const arn = `arn:${facts.partition}:ec2:${facts.region}:${facts.accountId}:instance/${facts.instanceId}`;
  return { hostIdentifier: AWS_HOST_IDENTIFIER || arn, region: AWS_REGION || facts.region };
}
