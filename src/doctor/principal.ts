import type { HostIdentity } from "../ports/identity.ts";
import type { DoctorContext } from "./context.ts";
import { type Finding, fail, ok, skipped } from "./finding.ts";

/** Whose the credentials are to AWS; of an on-premises host it must be the identity that it is registered with. */
export async function principal(context: DoctorContext): Promise<Finding> {
  const { identify, caller, onPremises, signal } = context;
  let identity: HostIdentity;
  try {
    identity = await identify(signal);
  } catch {
    return skipped("not asked: without an identity the region is not known");
  }
  const found = await caller(identity.region, signal);
  switch (found.kind) {
    case "unknown":
      return skipped(`not asked: ${found.reason}`);
    case "refused":
      return fail(`AWS does not take the credentials: ${found.reason}`, remedy(context));
    case "known":
      if (onPremises === undefined || found.arn === identity.hostIdentifier) return ok(found.arn);
      return fail(
        `the credentials belong to ${found.arn}, but the host is registered as ${identity.hostIdentifier}`,
        "give the host its own credentials, or register it with these",
      );
  }
}

function remedy({ onPremises, loaded }: DoctorContext): string {
  switch (onPremises?.credentials.kind) {
    case "session":
      return "run codedeploy-agent session-credentials";
    case "user":
      return `check the access key in ${loaded.config.on_premises_config_file}: it may be deleted or inactive`;
    case undefined:
      return "check the instance profile and its role, and the clock";
  }
}
