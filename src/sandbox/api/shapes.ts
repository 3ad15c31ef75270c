import { z } from "zod";

/** An absent member and null mean the same. */
export function optional<Shape extends z.ZodType>(shape: Shape) {
  return shape.nullish().transform((value) => value ?? undefined);
}

export const Text = optional(z.string());
export const Flag = optional(z.boolean());
export const Texts = optional(z.array(z.string()));

export const Tag = z.object({ Key: Text, Value: Text });
export const Tags = optional(z.array(Tag));

const TagFilter = z.object({ Key: Text, Value: Text, Type: Text });
export const TagFilters = optional(z.array(TagFilter));

/** A structure whose members are looked at by nobody here; it is kept as it came. */
export const Kept = optional(z.record(z.string(), z.unknown()));

export const Revision = optional(
  z.object({
    revisionType: Text,
    s3Location: optional(z.object({ bucket: Text, key: Text, bundleType: Text, version: Text, eTag: Text })),
    gitHubLocation: optional(z.object({ repository: Text, commitId: Text })),
  }),
);
