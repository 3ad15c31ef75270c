import { refusal } from "./refuse.ts";

interface NameRule {
  /** What it is, in a message. */
  readonly noun: string;
  /** Exceptions, without their ending. */
  readonly missing: string;
  readonly invalid: string;
  readonly pattern: RegExp;
  readonly accepted: string;
}

const NAME = { pattern: /^[A-Za-z0-9._+=,@-]{1,100}$/, accepted: "1 to 100 of A-Z a-z 0-9 . _ + = , @ -" };

/** The names and ids that requests hold, and how the service refuses them. */
const RULES = {
  application: {
    noun: "application name",
    missing: "ApplicationNameRequired",
    invalid: "InvalidApplicationName",
    ...NAME,
  },
  group: {
    noun: "deployment group name",
    missing: "DeploymentGroupNameRequired",
    invalid: "InvalidDeploymentGroupName",
    ...NAME,
  },
  configuration: {
    noun: "deployment configuration name",
    missing: "DeploymentConfigNameRequired",
    invalid: "InvalidDeploymentConfigName",
    ...NAME,
  },
  instance: {
    noun: "instance name",
    missing: "InstanceNameRequired",
    invalid: "InvalidInstanceName",
    pattern: /^(?!i-)[A-Za-z0-9._+=,@-]{1,100}$/,
    accepted: `${NAME.accepted}, not beginning with i-`,
  },
  deployment: {
    noun: "deployment id",
    missing: "DeploymentIdRequired",
    invalid: "InvalidDeploymentId",
    pattern: /^d-[A-Z0-9]{9}$/,
    accepted: "d- and nine of A-Z 0-9",
  },
  target: {
    noun: "target id",
    missing: "DeploymentTargetIdRequired",
    invalid: "InvalidDeploymentTargetId",
    pattern: /^\S{1,256}$/,
    accepted: "the name of a host",
  },
  role: {
    noun: "service role ARN",
    missing: "RoleRequired",
    invalid: "InvalidRole",
    pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/,
    accepted: "arn:aws:iam::<account>:role/<name>",
  },
} as const satisfies Record<string, NameRule>;

/** @throws ServiceFault when the name is missing or malformed */
export function checkName(kind: keyof typeof RULES, name: string | undefined): string {
  const { noun, missing, invalid, pattern, accepted } = RULES[kind];
  if (name === undefined || name === "") throw refusal(missing, `The ${noun} is missing.`);
  if (pattern.test(name)) return name;
  throw refusal(invalid, `${JSON.stringify(name)} is not a ${noun}; accepted: ${accepted}.`);
}

/** One of the values of an enumeration; undefined when none was given. @throws ServiceFault with the exception */
export function oneOf<Value extends string>(
  values: readonly Value[],
  value: string | undefined,
  exception: string,
): Value | undefined {
  if (value === undefined) return undefined;
  const known = values.find((one) => one === value);
  if (known !== undefined) return known;
  throw refusal(exception, `${JSON.stringify(value)} is none of ${values.join(", ")}.`);
}

const MAX_DESCRIPTION = 256;

/** @throws ServiceFault when a description is too long */
export function checkDescription(description: string | undefined): { readonly description?: string } {
  if (description === undefined) return {};
  if (description.length <= MAX_DESCRIPTION) return { description };
  const message = `The description has ${description.length} characters; at most ${MAX_DESCRIPTION} are accepted.`;
  throw refusal("DescriptionTooLong", message);
}

/** A list of a Batch operation. @throws ServiceFault when it holds more than the service takes */
export function checkBatch(list: readonly string[] | undefined, most: number): readonly string[] {
  if (list === undefined || list.length <= most) return list ?? [];
  throw refusal("BatchLimitExceeded", `${list.length} names are too many for one call; at most ${most} are accepted.`);
}
