import { errnoOf } from "../ports/errno.ts";
import type { DoctorContext } from "./context.ts";
import { type Finding, fail, warn } from "./finding.ts";
import { disk, leftovers, service, stateDirectory, tools, version } from "./host-checks.ts";
import { configuration, credentials, identity, messageOf } from "./identity-checks.ts";
import { keptRevisions } from "./kept-revisions.ts";
import { commandService, hostClock, proxy, s3 } from "./network-checks.ts";
import { principal } from "./principal.ts";

/** One thing that is looked at. */
export interface Check {
  readonly name: string;
  readonly look: (context: DoctorContext) => Promise<Finding>;
}

/** Everything that is looked at, in the order in which one thing rests on another. */
export const CHECKS: readonly Check[] = [
  { name: "version", look: version },
  { name: "configuration", look: configuration },
  { name: "identity", look: identity },
  { name: "credentials", look: credentials },
  { name: "principal", look: principal },
  { name: "proxy", look: proxy },
  { name: "command service", look: commandService },
  { name: "s3", look: s3 },
  { name: "clock", look: hostClock },
  { name: "disk", look: disk },
  { name: "kept revisions", look: keptRevisions },
  { name: "state directory", look: stateDirectory },
  { name: "tools", look: tools },
  { name: "leftovers", look: leftovers },
  { name: "service", look: service },
];

/** Does a check; what it cannot do is a finding, too, so that no check takes the others with it. */
export async function lookAt({ look }: Check, context: DoctorContext): Promise<Finding> {
  try {
    return await look(context);
  } catch (error) {
    const facts = `this cannot be looked at: ${messageOf(error)}`;
    // What this user may not see is no fault of the host.
    return errnoOf(error) === "EACCES"
      ? warn(facts, "run this as root, or as the agent's user")
      : fail(facts, "see the reason, and what it names");
  }
}
