import { posix } from "node:path";
import type { OnPremisesConfig } from "../config/on-premises.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { type AccessKey, type Account, AccountError } from "./account.ts";
import { configurationText, type HostConfiguration, userPolicy } from "./configuration.ts";
import type { RegistrationFacts, RegistrationStep, RegistrationWish } from "./plan.ts";

const POLICY_NAME = "codedeploy-agent";

/** What registering works with. */
export interface RegistrationPorts {
  readonly account: Account;
  readonly fileSystem: FileSystem;
}

/** Looks up what there is already; changes nothing. */
export async function registrationFacts(
  { instanceName, identity }: RegistrationWish,
  configuration: OnPremisesConfig | undefined,
  { account }: RegistrationPorts,
): Promise<RegistrationFacts> {
  const instance = await account.instance(instanceName);
  if (identity.kind === "session") return { instance, userArn: undefined, activeKeys: [], configuration };
  const userArn = await account.userArn(identity.userName);
  const activeKeys = userArn === undefined ? [] : await account.activeKeys(identity.userName);
  return { instance, userArn, activeKeys, configuration };
}

/** What is known so far while the steps are done. */
interface Progress {
  arn: string | undefined;
  key: AccessKey | undefined;
}

/**
 * Does the steps one after another. A key that could not be written to the file is deleted again: nobody would ever
 * know its secret.
 * @throws AccountError, or Node's own errors of the file; the steps before stay done, and doing all again goes on
 */
export async function* register(
  steps: readonly RegistrationStep[],
  { wish, facts }: { readonly wish: RegistrationWish; readonly facts: RegistrationFacts },
  ports: RegistrationPorts,
): AsyncGenerator<RegistrationStep> {
  const known = wish.identity.kind === "new-user" ? facts.userArn : wish.identity.arn;
  const progress: Progress = { arn: known, key: keyIn(facts) };
  await requireWritable(steps, ports.fileSystem);
  for (const step of steps) {
    await DO[step.kind](step as never, { wish, progress, ...ports });
    yield step;
  }
}

/** Before anything is made in AWS. */
async function requireWritable(steps: readonly RegistrationStep[], fileSystem: FileSystem): Promise<void> {
  for (const step of steps) {
    if (step.kind !== "write-file") continue;
    const directory = posix.dirname(step.file);
    await fileSystem.makeDirectories(directory, 0o755);
    if (await fileSystem.isWritable(directory)) continue;
    throw new AccountError(`${directory} cannot be written to. Run this as root; nothing was done yet.`);
  }
}

interface Doing extends RegistrationPorts {
  readonly wish: RegistrationWish;
  readonly progress: Progress;
}

type Doer<Kind extends RegistrationStep["kind"]> = (
  step: Extract<RegistrationStep, { kind: Kind }>,
  doing: Doing,
) => Promise<void>;

const DO: { readonly [Kind in RegistrationStep["kind"]]: Doer<Kind> } = {
  async "create-user"({ userName }, { account, progress }) {
    progress.arn = await account.createUser(userName);
  },
  "put-policy": ({ userName }, { account, wish }) =>
    account.putUserPolicy(userName, POLICY_NAME, userPolicy({ withCommands: wish.withCommands })),
  async "create-key"({ userName }, { account, progress }) {
    progress.key = await account.createKey(userName);
  },
  "write-file": ({ file }, doing) => writeConfiguration(file, doing),
  register: ({ instanceName }, { account, progress }) => account.register(instanceName, progress.arn ?? ""),
  "add-tags": ({ instanceName, tags }, { account }) => account.addTags(instanceName, tags),
};

async function writeConfiguration(file: string, { wish, progress, account, fileSystem }: Doing): Promise<void> {
  try {
    await fileSystem.replaceText(file, configurationText(configurationOf(wish, progress)), 0o600);
  } catch (error) {
    const { identity } = wish;
    if (identity.kind !== "session" && progress.key !== undefined) {
      await account.deleteKey(identity.userName, progress.key.id);
    }
    throw error;
  }
}

function configurationOf({ region, identity }: RegistrationWish, { arn = "", key }: Progress): HostConfiguration {
  if (identity.kind === "session") return { kind: "session", region, arn, credentialsFile: identity.credentialsFile };
  return { kind: "user", region, arn, key: key ?? { id: "", secret: "" } };
}

/** The key that the file has, for a file that only needs another region. */
function keyIn({ configuration }: RegistrationFacts): AccessKey | undefined {
  const credentials = configuration?.credentials;
  if (credentials?.kind !== "user") return undefined;
  return { id: credentials.accessKeyId, secret: credentials.secretAccessKey.reveal() };
}
