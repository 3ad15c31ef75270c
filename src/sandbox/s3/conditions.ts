/** The conditions of a request, as they came. */
export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: string | undefined;
  readonly ifUnmodifiedSince?: string | undefined;
}

/** What conditions are compared with. */
export interface Validators {
  /** Without quotes. */
  readonly eTag: string;
  /** Milliseconds since the epoch, whole seconds. */
  readonly lastModified: number;
}

/**
 * Whether an object may be sent. A given entity tag decides alone: the date beside it is not looked at (RFC 9110,
 * 13.2.2); dates that cannot be read count as absent.
 */
export function checkConditions(
  conditions: Conditions,
  object: Validators,
): "send" | "not-modified" | { readonly failed: string } {
  if (conditions.ifMatch !== undefined) {
    if (!matches(conditions.ifMatch, object.eTag)) return { failed: "If-Match" };
  } else if (object.lastModified > time(conditions.ifUnmodifiedSince, Number.POSITIVE_INFINITY)) {
    return { failed: "If-Unmodified-Since" };
  }
  if (conditions.ifNoneMatch !== undefined) {
    return matches(conditions.ifNoneMatch, object.eTag) ? "not-modified" : "send";
  }
  return object.lastModified <= time(conditions.ifModifiedSince, Number.NEGATIVE_INFINITY) ? "not-modified" : "send";
}

function matches(list: string, eTag: string): boolean {
  return list.split(",").some((item) => {
    const tag = item.trim().replace(/^W\//, "");
    return tag === "*" || tag.replaceAll('"', "") === eTag;
  });
}

function time(date: string | undefined, absent: number): number {
  const parsed = Date.parse(date ?? "");
  return Number.isNaN(parsed) ? absent : parsed;
}
