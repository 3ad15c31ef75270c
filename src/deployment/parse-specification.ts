import * as z from "zod/mini";
import { DIAGNOSTICS_CODES } from "./diagnostics.ts";
import { DeploymentError } from "./error.ts";
import type { Revision } from "./revision.ts";
import { Secret } from "./secret.ts";
import { type DeploymentSpecification, FILE_EXISTS_BEHAVIORS } from "./specification.ts";

const DEFAULT_APPSPEC_FILENAME = "appspec.yml";
const ARCHIVE_TYPES = ["tar", "tgz", "zip"] as const;

const anyText = z.string({ error: ({ input }) => absentOr(input, "must be a text") });
const text = anyText.check(z.minLength(1, "must not be empty"));
const optionalText = z.optional(z.nullable(anyText));

/** Ids become directory names, so they must not lead anywhere else. */
const pathComponent = text.check(
  z.regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]+$/, "must be letters, digits, '.', '_' and '-' only, and not '.' or '..'"),
);

/** The service may send an ARN; what follows `deployment/` is the id. */
const deploymentId = z.pipe(
  z.pipe(
    text,
    z.transform((id) => id.replace(/^arn:.*?deployment\//, "")),
  ),
  pathComponent,
);

const relativePath = anyText.check(
  z.refine(
    (path) => !path.startsWith("/") && !path.includes("\0") && !path.split("/").includes(".."),
    "must be a path inside the revision",
  ),
);

const fileExistsBehavior = z.pipe(
  z.pipe(
    anyText,
    z.transform((behavior) => behavior.toUpperCase()),
  ),
  z.enum(FILE_EXISTS_BEHAVIORS, `must be one of ${FILE_EXISTS_BEHAVIORS.join(", ")}`),
);

const archiveType = z.enum(ARCHIVE_TYPES, {
  error: ({ input }) => absentOr(input, `must be one of ${ARCHIVE_TYPES.join(", ")}`),
});

const s3 = z.object({ Bucket: text, Key: text, BundleType: archiveType, Version: optionalText, ETag: optionalText });
const gitHub = z.object({
  Account: text,
  Repository: text,
  CommitId: text,
  BundleType: z.optional(z.nullable(z.enum(["tar", "zip"], "must be one of tar, zip"))),
  Anonymous: z.optional(z.nullable(z.boolean("must be true or false"))),
  OAuthToken: optionalText,
});
const local = z.object({ Location: text, BundleType: z.optional(z.nullable(anyText)) });

const revision = z.discriminatedUnion(
  "RevisionType",
  [
    z.object({ RevisionType: z.literal("S3"), S3Revision: s3 }),
    z.object({ RevisionType: z.literal("GitHub"), GitHubRevision: gitHub }),
    z.object({
      RevisionType: z.literal("Local File"),
      LocalRevision: z.extend(local, { BundleType: archiveType }),
    }),
    z.object({ RevisionType: z.literal("Local Directory"), LocalRevision: local }),
  ],
  "must be one of S3, GitHub, Local File, Local Directory",
);

const specification = z.object({
  DeploymentId: deploymentId,
  DeploymentGroupId: pathComponent,
  DeploymentGroupName: text,
  ApplicationName: text,
  DeploymentCreator: optionalText,
  DeploymentType: optionalText,
  AppSpecFilename: z.optional(z.nullable(relativePath)),
  AgentActionOverrides: z.optional(
    z.nullable(
      z.object({
        AgentOverrides: z.optional(
          z.nullable(z.object({ FileExistsBehavior: z.optional(z.nullable(fileExistsBehavior)) })),
        ),
      }),
    ),
  ),
  AllPossibleLifecycleEvents: z.optional(z.nullable(z.array(anyText, "must be a list"))),
  Revision: revision,
  GitHubAccessToken: optionalText,
  ReuseArchiveFromDeploymentId: optionalText,
});

type Wire = z.infer<typeof specification>;

/**
 * Reads the text inside a deployment specification's envelope.
 * @throws DeploymentError code 5 that lists every field that is missing or wrong
 */
export function parseSpecification(json: string): DeploymentSpecification {
  const parsed = specification.safeParse(readJson(json), { error: () => "is missing or of the wrong type" });
  if (!parsed.success)
    throw invalid(parsed.error.issues.map(({ path, message }) => `${path.join(".") || "it"} ${message}`));
  return fromWire(parsed.data);
}

function absentOr(input: unknown, fault: string): string {
  return input === undefined || input === null ? "is missing" : fault;
}

function readJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw invalid(["it is not JSON"], cause);
  }
}

function invalid(faults: readonly string[], cause?: unknown): DeploymentError {
  return new DeploymentError(
    DIAGNOSTICS_CODES.unknownError,
    `The deployment specification cannot be used: ${faults.join("; ")}.`,
    { hint: "Nothing was run. Create the deployment again; if that does not help, update the agent.", cause },
  );
}

function fromWire(wire: Wire): DeploymentSpecification {
  return {
    deploymentId: wire.DeploymentId,
    deploymentGroupId: wire.DeploymentGroupId,
    deploymentGroupName: wire.DeploymentGroupName,
    applicationName: wire.ApplicationName,
    deploymentCreator: wire.DeploymentCreator || "user",
    deploymentType: wire.DeploymentType || "IN_PLACE",
    appSpecFilename: wire.AppSpecFilename || DEFAULT_APPSPEC_FILENAME,
    fileExistsBehavior: wire.AgentActionOverrides?.AgentOverrides?.FileExistsBehavior ?? "DISALLOW",
    revision: revisionFrom(wire),
    ...present("allPossibleLifecycleEvents", wire.AllPossibleLifecycleEvents),
    ...present("reuseArchiveFromDeploymentId", wire.ReuseArchiveFromDeploymentId),
  };
}

function revisionFrom({ Revision, GitHubAccessToken }: Wire): Revision {
  switch (Revision.RevisionType) {
    case "S3":
      return s3Revision(Revision.S3Revision);
    case "GitHub":
      return gitHubRevision(Revision.GitHubRevision, GitHubAccessToken);
    case "Local File": {
      const { Location, BundleType } = Revision.LocalRevision;
      return { type: "Local File", location: Location, bundleType: BundleType };
    }
    case "Local Directory":
      return { type: "Local Directory", location: Revision.LocalRevision.Location };
  }
}

function s3Revision({ Bucket, Key, BundleType, Version, ETag }: z.infer<typeof s3>): Revision {
  return {
    type: "S3",
    bucket: Bucket,
    key: Key,
    bundleType: BundleType,
    ...present("version", Version),
    ...present("eTag", ETag?.replaceAll('"', "")),
  };
}

function gitHubRevision(wire: z.infer<typeof gitHub>, accessToken: string | null | undefined): Revision {
  const token = wire.Anonymous === true ? undefined : accessToken || wire.OAuthToken;
  return {
    type: "GitHub",
    account: wire.Account,
    repository: wire.Repository,
    commitId: wire.CommitId,
    bundleType: wire.BundleType ?? "tar",
    ...(token ? { token: new Secret(token) } : {}),
  };
}

/** A property that is left out when the wire has nothing, or "", for it. */
function present<Name extends string, Value>(name: Name, value: Value | null | undefined): { [Key in Name]?: Value } {
  return value === undefined || value === null || value === "" ? {} : ({ [name]: value } as { [Key in Name]: Value });
}
