import type { Revisions } from "../../ports/revisions.ts";
import { directAgents } from "../connection/agents.ts";
import { GitHubArchive, type GitHubPorts } from "./archive.ts";
import { rejoinedContent } from "./content.ts";
import { notInGitHub } from "./messages.ts";

const PUBLIC_ENDPOINT = "https://api.github.com";

/** How to reach GitHub. */
export interface GitHubOptions extends Omit<GitHubPorts, "endpoint"> {
  /** `github_api_endpoint`, as `https://host/api/v3` for GitHub Enterprise Server; absent for github.com. */
  readonly endpoint: string | undefined;
}

/** Revisions in GitHub. Octokit is loaded by the first use. */
export function createGitHubRevisions({ endpoint = PUBLIC_ENDPOINT, ...options }: GitHubOptions): Revisions {
  const agents = { ...directAgents(), ...options.agents };
  const ports = { ...options, agents, endpoint: endpoint.replace(/\/+$/, "") };
  return {
    async open(revision, signal) {
      if (revision.type !== "GitHub") throw notInGitHub(revision);
      const archive = new GitHubArchive(revision, ports, signal);
      const first = await archive.get();
      return { content: rejoinedContent(archive, first), size: first.size, eTag: undefined };
    },
  };
}
