import { DIAGNOSTICS_CODES } from "../../deployment/diagnostics.ts";
import { DeploymentError } from "../../deployment/error.ts";
import { describeRevision, type Revision, type S3Revision } from "../../deployment/revision.ts";
import { proxyRemedy } from "../connection/obstacles.ts";
import { PROXY_REFUSED } from "../connection/tunnel-agent.ts";
import type { StatedChecksum } from "./checksum.ts";
import type { S3Fault } from "./fault.ts";

/** Where a request for an object went. */
export interface S3Place {
  readonly revision: S3Revision;
  readonly region: string;
  /** `s3_endpoint_override`, when it is set. */
  readonly endpoint: string | undefined;
  readonly fips: boolean;
}

const LONGEST_QUOTE = 300;

/** The next step for an error code of S3; codes that are missing here speak for themselves. */
const REMEDIES: Readonly<Record<string, (place: S3Place, fault: S3Fault) => string>> = {
  AccessDenied: accessRemedy,
  Forbidden: accessRemedy,
  AllAccessDisabled: () => "All access to the bucket is switched off; ask its owner.",
  NoSuchKey: () => "Check the key, and that the upload of the revision succeeded.",
  NoSuchVersion: () => "The version was deleted; deploy one that exists.",
  NoSuchBucket: () => "Check the bucket's name.",
  MethodNotAllowed: () => "The version is a delete marker: the object was deleted. Deploy a version that exists.",
  InvalidObjectState: () => "The object is archived (Glacier); restore it first.",
  InvalidRequest: () =>
    "If the object is encrypted with a key of the customer (SSE-C), upload it without or with SSE-KMS: CodeDeploy has no such key.",
  RequestTimeTooSkewed: () => "The clock of this host is wrong; set it, for example with chrony.",
  ExpiredToken: () => "The credentials of this host have expired and were not renewed.",
  InvalidToken: credentialsRemedy,
  InvalidAccessKeyId: credentialsRemedy,
  SignatureDoesNotMatch: credentialsRemedy,
  CredentialsProviderError: () =>
    "Attach an instance profile to the instance, or give the credentials in the on-premises configuration file.",
  PermanentRedirect: regionRemedy,
  TemporaryRedirect: regionRemedy,
  AuthorizationHeaderMalformed: regionRemedy,
  IllegalLocationConstraintException: regionRemedy,
  "HTTP 407": () => proxyRemedy(407),
  SlowDown: () => "S3 asked for fewer requests; deploy to fewer hosts at a time or try again later.",
  "KMS.DisabledException": () => "The KMS key the object is encrypted with is disabled; enable it.",
  "KMS.KMSInvalidStateException": () => "The KMS key the object is encrypted with is pending deletion or unavailable.",
  "KMS.NotFoundException": () => "The KMS key the object is encrypted with does not exist any more.",
  "KMS.AccessDeniedException": () => DECRYPT_REMEDY,
  "KMS.ThrottlingException": () => "KMS asked for fewer requests; deploy to fewer hosts at a time or try again later.",
};

const FOREIGN_REMEDY =
  "That answer is not S3's: look for a proxy or a gateway on the way, and check s3_endpoint_override.";
const DECRYPT_REMEDY =
  "The role of this host needs kms:Decrypt on the KMS key the object is encrypted with, and the key's policy must allow it.";

/** What S3 says of the policy or the right that is in the way, and what to do about it. */
const ACCESS_REMEDIES: readonly (readonly [says: RegExp, remedy: string])[] = [
  [/kms:Decrypt/i, DECRYPT_REMEDY],
  [
    /VPC endpoint policy/i,
    "The policy of the VPC endpoint for S3 stands in the way; allow the role of this host the bucket in it.",
  ],
  [
    /explicit deny in a resource-based policy/i,
    "The policy of the bucket denies it; look for conditions on VPC endpoint, address, encryption or organisation.",
  ],
  [
    /(service|resource) control policy|permissions boundary/i,
    "A policy of the organisation or a permissions boundary stands in the way; the role's own rights do not help.",
  ],
];

/** S3 answered, and the answer was no. */
export function refused(place: S3Place, fault: S3Fault): DeploymentError {
  const says = `HTTP ${fault.status}`;
  const status = fault.status === undefined || fault.code === says ? "" : ` (${says})`;
  const principal = fault.principal === undefined ? "" : ` for ${fault.principal}`;
  const quote = fault.message === "" ? "." : `: "${shortened(fault.message)}"`;
  const attempts = fault.passing ? " again and again" : "";
  return failure(
    `S3 refused ${named(place)}${attempts}: ${fault.code}${status}${principal}${quote}`,
    fault.foreign ? FOREIGN_REMEDY : REMEDIES[fault.code]?.(place, fault),
    fault,
  );
}

/** No answer of S3's came. */
export function unreachable(place: S3Place, fault: S3Fault): DeploymentError {
  return failure(
    `S3 could not be reached for ${named(place)}: ${reason(fault)}.`,
    fault.obstacle?.remedy ?? connectionRemedy(place),
    fault,
  );
}

export function changedWhileRead(place: S3Place): DeploymentError {
  return failure(
    `${named(place)} was replaced in S3 while it was being downloaded.`,
    "Do not overwrite a revision that is being deployed; deploy again.",
  );
}

/** The connection breaks however often it is made anew. */
export function keepsBreaking(place: S3Place, position: number, size: number | undefined): DeploymentError {
  const total = size === undefined ? "" : ` of ${size}`;
  return failure(
    `The download of ${named(place)} broke off after ${position}${total} bytes and could not be resumed.`,
    connectionRemedy(place),
  );
}

export function wrongChecksum(place: S3Place, { algorithm, value }: StatedChecksum, actual: string): DeploymentError {
  return failure(
    `The bytes of ${named(place)} are not those that were uploaded: their ${algorithm} is ${actual}, S3 states ${value}.`,
    "Deploy again; if it happens again, look for a proxy that changes what passes through it.",
  );
}

export function uncheckable({ revision }: S3Place, { algorithm }: StatedChecksum): string {
  return `S3 states a ${algorithm} of the parts of ${describeRevision(revision)}, not of the whole; it cannot be checked.`;
}

export function notInS3(revision: Revision): DeploymentError {
  return failure(`${describeRevision(revision)} is not in S3.`, "Deploy the revision from S3.");
}

export function resuming({ revision }: S3Place, position: number, reason: string): string {
  return `The download of ${describeRevision(revision)} broke off after ${position} bytes (${reason}); it is resumed there.`;
}

export function retrying({ revision }: S3Place, fault: S3Fault, waitMs: number): string {
  return `S3 could not give ${describeRevision(revision)} (${fault.code === PROXY_REFUSED ? fault.message : fault.code}); the next attempt is in ${(waitMs / 1000).toFixed(1)} s.`;
}

export function otherRegion({ revision, region }: S3Place, actual: string): string {
  return `The bucket ${revision.bucket} lies in ${actual}, not in ${region}; it is asked for there.`;
}

/** The code of a proxy that refused is ours, and says less than its text. */
function reason({ code, message }: S3Fault): string {
  const text = shortened(message).replace(/\.$/, "");
  if (code === PROXY_REFUSED) return text;
  return text === "" ? code : `${code}: ${text}`;
}

function named({ revision, region }: S3Place): string {
  const version = revision.version === undefined ? "" : ` version ${revision.version}`;
  return `${revision.bucket}/${revision.key}${version} (${region})`;
}

function accessRemedy({ revision }: S3Place, { message }: S3Fault): string {
  const known = ACCESS_REMEDIES.find(([says]) => says.test(message));
  if (known !== undefined) return known[1];
  const action = revision.version === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
  return (
    `The role of this host needs ${action} on the object, and kms:Decrypt if it is encrypted with a customer key; ` +
    "S3 says the same when the key does not exist and s3:ListBucket is missing."
  );
}

function credentialsRemedy(): string {
  return "The credentials of this host are not valid; check its instance profile or on-premises configuration.";
}

function regionRemedy({ region, endpoint }: S3Place): string {
  return endpoint === undefined
    ? `The bucket is not in ${region}, and S3 did not say where it is.`
    : "s3_endpoint_override leads to a region that does not hold the bucket.";
}

function connectionRemedy({ endpoint, fips, region }: S3Place): string {
  if (endpoint !== undefined) return `Check s3_endpoint_override (${withoutSecrets(endpoint)}).`;
  if (fips) return `Check that ${region} has a FIPS endpoint for S3 (use_fips_mode), and the network and proxy_uri.`;
  return "Check the network, the VPC endpoint for S3 and proxy_uri.";
}

function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//");
}

function shortened(text: string): string {
  const line = withoutSecrets(text.replaceAll(/\s+/g, " ").trim());
  return line.length <= LONGEST_QUOTE ? line : `${line.slice(0, LONGEST_QUOTE - 1)}…`;
}

function failure(message: string, hint: string | undefined, fault?: S3Fault): DeploymentError {
  return new DeploymentError(DIAGNOSTICS_CODES.unknownError, message, {
    ...(hint === undefined ? {} : { hint }),
    cause: fault?.cause,
  });
}
