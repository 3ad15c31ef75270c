import type { RevisionLocation } from "../../coordination/order.ts";
import { refusal } from "../refuse.ts";

/** A revision as a request holds it. */
export interface GivenRevision {
  readonly revisionType?: string | undefined;
  readonly s3Location?:
    | {
        readonly bucket?: string | undefined;
        readonly key?: string | undefined;
        readonly bundleType?: string | undefined;
        readonly version?: string | undefined;
        readonly eTag?: string | undefined;
      }
    | undefined;
  readonly gitHubLocation?:
    | { readonly repository?: string | undefined; readonly commitId?: string | undefined }
    | undefined;
}

const BUNDLE_TYPES = ["tar", "tgz", "zip"] as const;

/** @throws ServiceFault RevisionRequired, InvalidRevision */
export function checkRevision(given: GivenRevision | undefined): RevisionLocation {
  if (given === undefined) throw refusal("RevisionRequired", "The revision is missing.");
  switch (given.revisionType) {
    case "S3":
      return s3Revision(given);
    case "GitHub":
      return gitHubRevision(given);
    default: {
      const type = JSON.stringify(given.revisionType ?? null);
      throw refusal("InvalidRevision", `Servers take revisions of the type S3 or GitHub, not ${type}.`);
    }
  }
}

function s3Revision({ s3Location, gitHubLocation }: GivenRevision): RevisionLocation {
  const { bucket, key, bundleType, version, eTag } = s3Location ?? {};
  const type = BUNDLE_TYPES.find((one) => one === bundleType);
  if (!bucket || !key || type === undefined || gitHubLocation !== undefined) {
    const message = `An S3 revision needs s3Location with bucket, key and bundleType (${BUNDLE_TYPES.join(", ")}), and nothing else.`;
    throw refusal("InvalidRevision", message);
  }
  return {
    revisionType: "S3",
    s3Location: {
      bucket,
      key,
      bundleType: type,
      ...(version ? { version } : {}),
      ...(eTag ? { eTag: eTag.replace(/^"(.*)"$/, "$1") } : {}),
    },
  };
}

function gitHubRevision({ s3Location, gitHubLocation }: GivenRevision): RevisionLocation {
  const { repository, commitId } = gitHubLocation ?? {};
  const isRepository = /^[^/\s]+\/[^/\s]+$/.test(repository ?? "");
  if (repository === undefined || !isRepository || !commitId || s3Location !== undefined) {
    const message =
      "A GitHub revision needs gitHubLocation with repository (account/name) and commitId, and nothing else.";
    throw refusal("InvalidRevision", message);
  }
  return { revisionType: "GitHub", gitHubLocation: { repository, commitId } };
}
