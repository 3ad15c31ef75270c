import type { Secret } from "./secret.ts";

/** How the files of a revision are packed. */
export type ArchiveType = "tar" | "tgz" | "zip";

/** An object in S3. */
export interface S3Revision {
  readonly type: "S3";
  readonly bucket: string;
  readonly key: string;
  readonly bundleType: ArchiveType;
  /** Object version; absent for the current one. */
  readonly version?: string;
  /** Expected ETag, without quotes; absent when not to be checked. */
  readonly eTag?: string;
}

/** A commit in a GitHub repository. */
export interface GitHubRevision {
  readonly type: "GitHub";
  readonly account: string;
  readonly repository: string;
  readonly commitId: string;
  /** `tar` (the default on Linux) fetches the tarball, `zip` the zipball. */
  readonly bundleType: "tar" | "zip";
  /** Absent for anonymous access. */
  readonly token?: Secret;
}

/** An archive on this host (local deployments only). */
export interface LocalFileRevision {
  readonly type: "Local File";
  readonly location: string;
  readonly bundleType: ArchiveType;
}

/** An unpacked revision in a directory of this host (local deployments only). */
export interface LocalDirectoryRevision {
  readonly type: "Local Directory";
  readonly location: string;
}

/** Where a deployment's files come from. */
export type Revision = S3Revision | GitHubRevision | LocalFileRevision | LocalDirectoryRevision;

/** A revision as an operator would name it: `s3://bucket/key`, `github.com/account/repository@commit`, or a path. */
export function describeRevision(revision: Revision): string {
  switch (revision.type) {
    case "S3":
      return `s3://${revision.bucket}/${revision.key}${revision.version === undefined ? "" : ` (version ${revision.version})`}`;
    case "GitHub":
      return `github.com/${revision.account}/${revision.repository}@${revision.commitId}`;
    case "Local File":
    case "Local Directory":
      return revision.location;
  }
}
