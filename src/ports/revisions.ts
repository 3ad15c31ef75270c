import type { Readable } from "node:stream";
import type { Revision } from "../deployment/revision.ts";

/** A remote revision that is being read. */
export interface RevisionDownload {
  /** The bytes; errors are `DeploymentError`s. Cut connections have been resumed before an error shows here. */
  readonly content: Readable;
  /** Length in bytes; undefined when the source does not say. */
  readonly size: number | undefined;
  /** ETag without quotes; undefined when the source has none. */
  readonly eTag: string | undefined;
}

/** Fetches revisions of one or more types over the network. */
export interface Revisions {
  /** @throws DeploymentError code 5 that names revision, reason and remedy */
  open(revision: Revision, signal?: AbortSignal): Promise<RevisionDownload>;
}
