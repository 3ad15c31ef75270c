/** Where an S3 revision lies, in the words of the specification. */
export interface RevisionView {
  readonly bucket: string;
  readonly key: string;
  readonly bundleType: "tar" | "tgz" | "zip";
  readonly version?: string;
  readonly eTag?: string;
}

/** A revision on GitHub. */
export interface GitHubRevisionView {
  /** `account/repository` */
  readonly repository: string;
  readonly commitId: string;
}
