import type { RevisionRow } from "../../store/rows.ts";
import { oneOf } from "../names.ts";
import { refusal } from "../refuse.ts";

export interface RevisionQuery {
  readonly sortBy?: string | undefined;
  readonly sortOrder?: string | undefined;
  readonly s3Bucket?: string | undefined;
  readonly s3KeyPrefix?: string | undefined;
  readonly deployed?: string | undefined;
}

const TIMES = {
  registerTime: ({ registeredAt }: RevisionRow) => registeredAt,
  firstUsedTime: ({ firstUsedAt }: RevisionRow) => firstUsedAt ?? 0,
  lastUsedTime: ({ lastUsedAt }: RevisionRow) => lastUsedAt ?? 0,
} as const;

/** The revisions that a query asks for. @throws ServiceFault for a filter that makes no sense */
export function listed(
  rows: readonly RevisionRow[],
  { s3Bucket, s3KeyPrefix, deployed }: RevisionQuery,
  isTarget: (row: RevisionRow) => boolean,
): readonly RevisionRow[] {
  const wanted = oneOf(["include", "exclude", "ignore"], deployed, "InvalidDeployedStateFilter") ?? "ignore";
  if (s3KeyPrefix !== undefined && s3Bucket === undefined) {
    throw refusal("BucketNameFilterRequired", "A key prefix needs the bucket it is about.");
  }
  return rows.filter((row) => {
    if (wanted !== "ignore" && isTarget(row) !== (wanted === "include")) return false;
    if (s3Bucket === undefined) return true;
    if (row.revision.revisionType !== "S3") return false;
    const { bucket, key } = row.revision.s3Location;
    return bucket === s3Bucket && key.startsWith(s3KeyPrefix ?? "");
  });
}

/** The same revisions in the order that a query asks for. @throws ServiceFault for an order that does not exist */
export function inOrder(rows: readonly RevisionRow[], { sortBy, sortOrder }: RevisionQuery): readonly RevisionRow[] {
  const by = oneOf(["registerTime", "firstUsedTime", "lastUsedTime"], sortBy, "InvalidSortBy");
  const order = oneOf(["ascending", "descending"], sortOrder, "InvalidSortOrder") ?? "ascending";
  const time = TIMES[by ?? "registerTime"];
  const sorted = rows.toSorted((a, b) => time(a) - time(b));
  return order === "ascending" ? sorted : sorted.reverse();
}
