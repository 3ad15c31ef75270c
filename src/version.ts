import packageFile from "../package.json" with { type: "json" };

/** Version of this program, as in `package.json`. */
export const VERSION: string = packageFile.version;

/** Put in place by the build. */
declare const BUILD_COMMIT: string | undefined;

/** Abbreviated commit this program was built from; undefined when it was built outside of a checkout. */
export const COMMIT: string | undefined = typeof BUILD_COMMIT === "string" ? BUILD_COMMIT : undefined;
