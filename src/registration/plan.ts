import type { OnPremisesConfig } from "../config/on-premises.ts";
import type { RegisteredInstance, Tag } from "./account.ts";

/** How a host is going to be known to CodeDeploy. */
export type WantedIdentity =
  /** A user that is made for it if there is none of the name. */
  | { readonly kind: "new-user"; readonly userName: string }
  /** A user that exists. A key is made for it if the configuration file has none that it still has. */
  | { readonly kind: "user"; readonly userName: string; readonly arn: string; readonly createKey: boolean }
  | { readonly kind: "session"; readonly arn: string; readonly credentialsFile: string };

/** What registration is to bring about. */
export interface RegistrationWish {
  readonly instanceName: string;
  readonly region: string;
  readonly identity: WantedIdentity;
  readonly tags: readonly Tag[];
  /** Path of the on-premises configuration file. */
  readonly file: string;
  /** Replace a file that makes this host another one. */
  readonly override: boolean;
  /** `enable_auth_policy`: the user needs the rights of the command service too. */
  readonly withCommands: boolean;
}

/** What there is already. */
export interface RegistrationFacts {
  readonly instance: RegisteredInstance | undefined;
  /** ARN of the wanted user; undefined when there is none, or none is wanted. */
  readonly userArn: string | undefined;
  /** Ids of its active keys. */
  readonly activeKeys: readonly string[];
  /** The file as it is; undefined when there is none. */
  readonly configuration: Omit<OnPremisesConfig, "warnings"> | undefined;
}

/** One step of a registration. */
export type RegistrationStep =
  | { readonly kind: "create-user"; readonly userName: string }
  | { readonly kind: "put-policy"; readonly userName: string }
  | { readonly kind: "create-key"; readonly userName: string }
  | { readonly kind: "write-file"; readonly file: string }
  | { readonly kind: "register"; readonly instanceName: string }
  | { readonly kind: "add-tags"; readonly instanceName: string; readonly tags: readonly Tag[] };

/** The steps, or why there are none. */
export type RegistrationPlan =
  | { readonly kind: "steps"; readonly steps: readonly RegistrationStep[] }
  | { readonly kind: "refused"; readonly reason: string };

const MOST_TAGS = 10;

/** Decides what is still to be done, so that doing it twice does nothing more. */
export function planRegistration(wish: RegistrationWish, facts: RegistrationFacts): RegistrationPlan {
  const arn = wish.identity.kind === "new-user" ? facts.userArn : wish.identity.arn;
  const refusal = refusalOf(wish, facts, arn);
  if (refusal !== undefined) return { kind: "refused", reason: refusal };
  const isConfigured = isConfiguredAs(wish, facts, arn);
  return {
    kind: "steps",
    steps: [
      ...userSteps(wish, facts, isConfigured),
      ...(isConfigured ? [] : [{ kind: "write-file", file: wish.file } as const]),
      ...(facts.instance === undefined ? [{ kind: "register", instanceName: wish.instanceName } as const] : []),
      ...tagSteps(wish, facts),
    ],
  };
}

function refusalOf(wish: RegistrationWish, facts: RegistrationFacts, arn: string | undefined): string | undefined {
  const { instanceName, identity, file, override } = wish;
  const { instance, configuration } = facts;
  if (instance !== undefined && instance.identityArn !== arn) {
    return `${instanceName} is registered already, for ${instance.identityArn}. Deregister it first, or give this host another name.`;
  }
  if (configuration !== undefined && configuration.hostIdentifier !== arn && !override) {
    return `${file} makes this host ${configuration.hostIdentifier} already. Give --override-config to replace it.`;
  }
  if (identity.kind === "user" && facts.userArn === undefined) return `There is no IAM user ${identity.userName}.`;
  if (identity.kind === "user" && !identity.createKey && !hasUsableKey(facts, identity.arn)) {
    return `${identity.arn} needs an access key in ${file}. Give --create-access-key to have one made, or write the file yourself.`;
  }
  const tags = new Set([...(instance?.tags ?? []), ...wish.tags].map(({ key }) => key));
  return tags.size > MOST_TAGS
    ? `An instance can have ${MOST_TAGS} tags, this one would have ${tags.size}.`
    : undefined;
}

function hasUsableKey({ configuration, activeKeys }: RegistrationFacts, arn: string): boolean {
  const credentials = configuration?.credentials;
  if (configuration?.hostIdentifier !== arn || credentials?.kind !== "user") return false;
  return activeKeys.includes(credentials.accessKeyId);
}

function isConfiguredAs(wish: RegistrationWish, facts: RegistrationFacts, arn: string | undefined): boolean {
  const { configuration } = facts;
  if (arn === undefined || configuration?.hostIdentifier !== arn || configuration.region !== wish.region) return false;
  const { identity } = wish;
  if (identity.kind !== "session") return hasUsableKey(facts, arn);
  return configuration.credentials.kind === "session" && configuration.credentials.file === identity.credentialsFile;
}

function userSteps(
  { identity }: RegistrationWish,
  facts: RegistrationFacts,
  isConfigured: boolean,
): readonly RegistrationStep[] {
  if (identity.kind === "session") return [];
  const { userName } = identity;
  const isNew = identity.kind === "new-user";
  const arn = isNew ? facts.userArn : identity.arn;
  const needsKey = arn === undefined || !hasUsableKey(facts, arn);
  return [
    ...(isNew && facts.userArn === undefined ? [{ kind: "create-user", userName } as const] : []),
    ...(isNew && !isConfigured ? [{ kind: "put-policy", userName } as const] : []),
    ...(needsKey ? [{ kind: "create-key", userName } as const] : []),
  ];
}

function tagSteps(
  { instanceName, tags }: RegistrationWish,
  { instance }: RegistrationFacts,
): readonly RegistrationStep[] {
  const present = instance?.tags ?? [];
  const missing = tags.filter(({ key, value }) => !present.some((tag) => tag.key === key && tag.value === value));
  return missing.length === 0 ? [] : [{ kind: "add-tags", instanceName, tags: missing }];
}
