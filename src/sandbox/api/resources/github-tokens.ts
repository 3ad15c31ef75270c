import type { ListGitHubAccountTokenNamesOutput } from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import { answering, type Operations } from "../context.ts";
import { refusal } from "../refuse.ts";
import { Text } from "../shapes.ts";
import type { Wire } from "../wire.ts";

/** Tokens are given to the service in its web console, which the sandbox does not have, so that there are none. */
export function gitHubTokenOperations(): Operations {
  return {
    ListGitHubAccountTokenNames: answering(
      z.object({ nextToken: Text }),
      (): Wire<ListGitHubAccountTokenNamesOutput> => ({ tokenNameList: [] }),
    ),
    DeleteGitHubAccountToken: answering(z.object({ tokenName: Text }), ({ tokenName }) => {
      if (!tokenName) throw refusal("GitHubAccountTokenNameRequired", "The name of the token is missing.");
      throw refusal("GitHubAccountTokenDoesNotExist", `There is no GitHub token ${tokenName}; the sandbox keeps none.`);
    }),
  };
}
