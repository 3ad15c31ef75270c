import type { Tag } from "../../registration/account.ts";
import type { DeregistrationStep } from "../../registration/deregister.ts";
import type { RegistrationStep } from "../../registration/plan.ts";
import { printable } from "../terminal/printable.ts";

/** A step as what it does. */
export function stepText(step: RegistrationStep | DeregistrationStep): string {
  switch (step.kind) {
    case "create-user":
      return `create the IAM user ${step.userName}`;
    case "put-policy":
      return `let the user ${step.userName} read revisions (policy codedeploy-agent)`;
    case "create-key":
      return `create an access key for the user ${step.userName}`;
    case "write-file":
      return `write ${step.file} (mode 600)`;
    case "register":
      return `register the on-premises instance ${step.instanceName}`;
    case "add-tags":
      return `tag ${step.instanceName} with ${tagText(step.tags)}`;
    case "remove-tags":
      return `remove the tags ${tagText(step.tags)} of ${step.instanceName}`;
    case "deregister":
      return `deregister the on-premises instance ${step.instanceName}`;
    case "delete-user":
      return `delete the IAM user ${step.userName} with its keys and policies`;
    case "remove-file":
      return `remove ${step.file}`;
  }
}

function tagText(tags: readonly Tag[]): string {
  return printable(tags.map(({ key, value }) => `${key}=${value}`).join(", "));
}
