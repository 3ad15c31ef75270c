import type { GitHubRevision } from "../../deployment/revision.ts";

/** What a URL of GitHub names; `bundleType` only if the URL says how it is to be packed. */
export type GitHubLocation = Pick<GitHubRevision, "account" | "repository" | "commitId"> &
  Partial<Pick<GitHubRevision, "bundleType">>;

const PAGES: Readonly<Record<string, RegExp>> = {
  // https://github.com/account/repository[.git][/tree/branch or /commit/id]
  "github.com": /^\/(?<account>[^/]+)\/(?<repository>[^/]+?)(?:\.git)?(?:\/(?:tree|commit)\/(?<commitId>.+?))?\/?$/,
  // https://api.github.com/repos/account/repository/zipball[/commit]
  "api.github.com":
    /^\/repos\/(?<account>[^/]+)\/(?<repository>[^/]+)\/(?<format>zip|tar)ball(?:\/(?<commitId>.+?))?\/?$/,
};

/** The commit that a page or an archive's address of GitHub shows; HEAD if the URL names none; undefined for others. */
export function gitHubLocation({ hostname, pathname }: URL): GitHubLocation | undefined {
  const found = PAGES[hostname.replace(/^www\./, "")]?.exec(pathname)?.groups;
  if (found === undefined) return undefined;
  const { account = "", repository = "", commitId = "HEAD", format } = found;
  return {
    account,
    repository,
    commitId: decodeURIComponent(commitId),
    ...(format === "zip" || format === "tar" ? { bundleType: format } : {}),
  };
}
