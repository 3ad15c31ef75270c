import type { DoctorContext } from "./context.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** The configuration was read before any check: what is left are its warnings. */
export async function configuration({ loaded, onPremises }: DoctorContext): Promise<Finding> {
  const warnings = [...loaded.warnings, ...(onPremises?.warnings ?? [])];
  if (warnings.length === 0) return ok(loaded.file);
  return warn(
    `${loaded.file}: ${warnings.join(" ")}`,
    "codedeploy-agent config check shows every value with its origin",
  );
}

/** Who this host is to the service. */
export async function identity({ identify, onPremises, loaded, signal }: DoctorContext): Promise<Finding> {
  try {
    const { hostIdentifier, region } = await identify(signal);
    const from = onPremises === undefined ? "instance metadata or environment" : "on-premises file";
    return ok(`${hostIdentifier} in ${region} (${from})`);
  } catch (error) {
    return fail(
      messageOf(error),
      `on EC2 allow the metadata service; elsewhere run codedeploy-agent register, which writes ${loaded.config.on_premises_config_file}`,
    );
  }
}

const SOON_MS = 5 * 60 * 1000;

/** Which credentials are used, and how long they last. */
export async function credentials(context: DoctorContext): Promise<Finding> {
  const { onPremises, clock } = context;
  try {
    const { provider, accessKeyId, expiresAt, writtenAt } = await context.credentials();
    const what = `${provider}, key ${masked(accessKeyId)}`;
    if (expiresAt === undefined && writtenAt !== undefined) return written(what, clock.now() - writtenAt, context);
    if (expiresAt === undefined) return ok(`${what}, without expiry`);
    const left = expiresAt - clock.now();
    if (left <= 0) return fail(`${what}, expired since ${time(expiresAt)}`, renewal(context));
    return left < SOON_MS
      ? warn(`${what}, expire in ${Math.round(left / 1000)} s`, renewal(context))
      : ok(`${what}, expire ${time(expiresAt)}`);
  } catch (error) {
    const remedy =
      onPremises === undefined
        ? "attach an instance profile to the instance, or register the host on-premises"
        : renewal(context);
    return fail(messageOf(error), remedy);
  }
}

/** Credentials of a role last an hour or less unless somebody has asked for more. */
const USUAL_LIFE_MS = 60 * 60 * 1000;

function written(what: string, ageMs: number, context: DoctorContext): Finding {
  const facts = `${what}; the file does not say when they expire, and was written ${Math.round(ageMs / 60_000)} min ago`;
  return ageMs < USUAL_LIFE_MS ? ok(facts) : warn(facts, renewal(context));
}

function renewal({ onPremises }: DoctorContext): string {
  return onPremises?.credentials.kind === "session"
    ? "run codedeploy-agent session-credentials --loop, or what else refreshes the file"
    : "they are renewed by themselves; look at the clock and the instance profile";
}

/** Enough to find a key in the console, and nothing that is secret. */
function masked(accessKeyId: string): string {
  return accessKeyId.length <= 8 ? "****" : `${accessKeyId.slice(0, 4)}****${accessKeyId.slice(-4)}`;
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** What an error says, for the end of a sentence. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
