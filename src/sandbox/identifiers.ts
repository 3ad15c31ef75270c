import { randomInt } from "node:crypto";

/** Every sandbox is this account in this region. */
export const REGION = "us-east-1";
export const ACCOUNT = "123456789012";
/** Whoever started the sandbox. */
export const ADMIN_USER = "sandbox-admin";
export const ADMIN_ARN = `arn:aws:iam::${ACCOUNT}:user/${ADMIN_USER}`;
export const ADMIN_USER_ID = "AIDASANDBOXADMIN0000";

const DEPLOYMENT_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** `d-` and nine of A-Z and 0-9. */
export function newDeploymentId(): string {
  const characters = Array.from({ length: 9 }, () => DEPLOYMENT_ID_ALPHABET.charAt(randomInt(36)));
  return `d-${characters.join("")}`;
}

/** Id of the command for the event at `index` of a host's list. */
export function commandId(
  host: string,
  deploymentId: string,
  { index, event }: { index: number; event: string },
): string {
  return `WEBHCI/${host}/${deploymentId}/${index}/${event}`;
}

/** Ids of all the commands that a deployment may have had. */
export function commandIds(
  deploymentId: string,
  targets: readonly { readonly host: string; readonly events: readonly { readonly name: string }[] }[],
): readonly string[] {
  return targets.flatMap(({ host, events }) =>
    events.map(({ name: event }, index) => commandId(host, deploymentId, { index, event })),
  );
}

/** What an agent asks for the specification with. */
export function deploymentExecutionId(host: string, deploymentId: string, index: number): string {
  return `arn:aws:codedeploy:${REGION}:${ACCOUNT}:deployment/${deploymentId}/${REGION}/${host}/${index}`;
}

/** Name of the host that polls with an ARN: what follows the last slash or colon. */
export function hostNameOf(hostIdentifier: string): string {
  return /[^/:]+$/.exec(hostIdentifier)?.[0] ?? hostIdentifier;
}

/** ARN of an on-premises host that is known by name only. */
export function onPremisesArn(host: string): string {
  return `arn:aws:iam::${ACCOUNT}:user/${host}`;
}
