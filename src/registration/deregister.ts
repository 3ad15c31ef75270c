import type { OnPremisesConfig } from "../config/on-premises.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { RegisteredInstance, Tag } from "./account.ts";
import { readIdentity } from "./arn.ts";
import type { RegistrationPorts } from "./register.ts";

/** What deregistration is to bring about. */
export interface DeregistrationWish {
  readonly instanceName: string;
  /** Delete the IAM user as well, with its keys and policies. */
  readonly deleteUser: boolean;
  /** Leave the on-premises configuration file alone. */
  readonly keepFile: boolean;
  readonly file: string;
}

/** One step of a deregistration. */
export type DeregistrationStep =
  | { readonly kind: "remove-tags"; readonly instanceName: string; readonly tags: readonly Tag[] }
  | { readonly kind: "deregister"; readonly instanceName: string }
  | { readonly kind: "delete-user"; readonly userName: string }
  | { readonly kind: "remove-file"; readonly file: string };

/**
 * Decides what is still to be done. A file and a user of another identity stay: of an instance that AWS does not know, or
 * no longer, those count that are named after it.
 */
export function planDeregistration(
  { instanceName, deleteUser, keepFile, file }: DeregistrationWish,
  facts: { readonly instance: RegisteredInstance | undefined; readonly configuration: OnPremisesConfig | undefined },
): readonly DeregistrationStep[] {
  const { instance, configuration } = facts;
  const own = configuration?.hostIdentifier;
  const arn = instance?.identityArn ?? (own !== undefined && isNamed(own, instanceName) ? own : undefined);
  const identity = arn === undefined ? undefined : readIdentity(arn);
  const tags = instance?.tags ?? [];
  return [
    ...(tags.length > 0 ? [{ kind: "remove-tags", instanceName, tags } as const] : []),
    ...(instance === undefined ? [] : [{ kind: "deregister", instanceName } as const]),
    ...(deleteUser && identity?.kind === "user" ? [{ kind: "delete-user", userName: identity.userName } as const] : []),
    ...(!keepFile && configuration !== undefined && configuration.hostIdentifier === arn
      ? [{ kind: "remove-file", file } as const]
      : []),
  ];
}

function isNamed(arn: string, instanceName: string): boolean {
  const identity = readIdentity(arn);
  return (
    identity !== undefined && instanceName === (identity.kind === "user" ? identity.userName : identity.sessionName)
  );
}

/** Does the steps one after another; doing all again after a failure goes on. @throws AccountError */
export async function* deregister(
  steps: readonly DeregistrationStep[],
  { account, fileSystem }: RegistrationPorts,
): AsyncGenerator<DeregistrationStep> {
  for (const step of steps) {
    switch (step.kind) {
      case "remove-tags":
        await account.removeTags(step.instanceName, step.tags);
        break;
      case "deregister":
        await account.deregister(step.instanceName);
        break;
      case "delete-user":
        await account.deleteUser(step.userName);
        break;
      case "remove-file":
        await removeFile(step.file, fileSystem);
    }
    yield step;
  }
}

async function removeFile(file: string, fileSystem: FileSystem): Promise<void> {
  if ((await fileSystem.status(file)) !== undefined) await fileSystem.removeFile(file);
}
