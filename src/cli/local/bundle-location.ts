import { resolve } from "node:path";
import type { Revision } from "../../deployment/revision.ts";
import type { Secret } from "../../deployment/secret.ts";
import type { FileSystem } from "../../ports/file-system.ts";
import { gitHubLocation } from "./github-location.ts";
import type { BundleType } from "./options.ts";
import { LocalUsageError } from "./usage-error.ts";

/** Where a bundle lies, as given on the command line. */
export interface BundleLocation {
  readonly location: string;
  readonly type: BundleType;
  /** Access token for GitHub; other locations have no use for it. */
  readonly gitHubToken?: Secret;
}

/**
 * The revision that a location and a type name: a path, `s3://bucket/key?versionId=..&etag=..`, or a URL of GitHub.
 * @throws LocalUsageError when the location is of another kind, does not exist or does not fit the type
 */
export async function revisionAt(bundle: BundleLocation, fileSystem: FileSystem): Promise<Revision> {
  const { location, type } = bundle;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(location)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return onThisHost({ location: resolve(location), type }, fileSystem);
    case "s3":
      return inS3({ location, type });
    case "https":
      return inGitHub(bundle);
    default:
      throw new LocalUsageError(
        `${location}: ${scheme}:// cannot be used; give a path, s3://bucket/key or a URL of github.com.`,
      );
  }
}

async function onThisHost({ location, type }: BundleLocation, fileSystem: FileSystem): Promise<Revision> {
  const kind = (await fileSystem.statusFollowing(location))?.kind;
  if (kind === undefined) throw new LocalUsageError(`${location} does not exist.`);
  if (type === "directory") {
    if (kind !== "directory") throw new LocalUsageError(`${location} is a file; say with --type how it is packed.`);
    return { type: "Local Directory", location };
  }
  if (kind === "directory") throw new LocalUsageError(`${location} is a directory; use --type directory.`);
  return { type: "Local File", location, bundleType: type };
}

/** @throws LocalUsageError when it is no URL, or has a % that is not the beginning of a character's code */
function urlOf(location: string): URL {
  const url = URL.canParse(location) ? new URL(location) : undefined;
  if (url === undefined) throw invalidUrl(location);
  decoded(url.pathname, location);
  return url;
}

/** @throws LocalUsageError when a part of a location has a % that is not the beginning of a character's code */
function decoded(part: string, location: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw invalidUrl(location);
  }
}

function invalidUrl(location: string): LocalUsageError {
  return new LocalUsageError(`${location} is not a valid URL; write a blank as %20 and a per cent sign as %25.`);
}

function inGitHub({ location, type, gitHubToken: token }: BundleLocation): Revision {
  const place = gitHubLocation(urlOf(location));
  if (place === undefined) {
    throw new LocalUsageError(`${location}: of https:// only https://github.com/account/repository can be used.`);
  }
  const bundleType = place.bundleType ?? (type === "zip" ? "zip" : "tar");
  return { type: "GitHub", ...place, bundleType, ...(token === undefined ? {} : { token }) };
}

const S3_LOCATION = /^s3:\/\/(?<bucket>[A-Za-z0-9._-]*)(?:\/(?<key>[^?]*)(?:\?(?<query>.*))?)?$/i;
const S3_PARAMETERS: readonly string[] = ["versionId", "etag"];

/** Not read as a URL: in a key everything counts, `#`, dots and slashes too. */
function inS3({ location, type }: BundleLocation): Revision {
  const { bucket, key: written = "", query = "" } = S3_LOCATION.exec(location)?.groups ?? {};
  if (bucket === undefined) throw invalidUrl(location);
  const [key, parameters] = [decoded(written, location), new URLSearchParams(query)];
  if (bucket === "" || key === "") throw new LocalUsageError(`${location} lacks a key: s3://bucket/key.`);
  const unknown = [...parameters.keys()].find((name) => !S3_PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw new LocalUsageError(
      `${location}: after ? only versionId and etag can be given, not ${unknown}; write a ? in a key as %3F.`,
    );
  }
  if (type === "directory")
    throw new LocalUsageError(`${location} is an archive; say with --type tar, tgz or zip which.`);
  const version = parameters.get("versionId");
  const eTag = parameters.get("etag")?.replaceAll('"', "");
  return {
    type: "S3",
    bucket,
    key,
    bundleType: type,
    ...(version ? { version } : {}),
    ...(eTag ? { eTag } : {}),
  };
}
