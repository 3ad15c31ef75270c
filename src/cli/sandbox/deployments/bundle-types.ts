export const BUNDLE_TYPES = ["tar", "tgz", "zip"] as const;
export type BundleType = (typeof BUNDLE_TYPES)[number];
