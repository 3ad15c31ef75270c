import type { Repair } from "./repair.ts";

/** What an operator should know beside the repairs. */
export const NOTES = {
  nothingInstalled: "No revision of the group is installed, so no ApplicationStop will run at the next deployment.",
  installed: (id: string) =>
    `${id} is installed; its ApplicationStop runs at the next deployment. If that can never succeed, add --forget-last-successful.`,
  reportedAtStart: (id: string) =>
    `A command of ${id} was cut short. The agent reports it as failed when it starts; run: codedeploy-agent start`,
  distrusted: (file: string, reason: string) =>
    `The record of what to remove, ${file}, cannot be trusted: ${reason} Check its content, then give it to the agent's user with mode 644, or remove it.`,
} as const;

/** What a repair would do, and what follows from it. */
export function repairText(repair: Repair): { readonly does: string; readonly follows: string } {
  switch (repair.kind) {
    case "finish-undo":
      return {
        does: `End the interrupted Install (${repair.journal}).`,
        follows: "Its files go back to the previous revision, unless all of them were in place already.",
      };
    case "clear-tracking":
      return {
        does: `Remove the tracking file of ${repair.deploymentId} (${repair.file}).`,
        follows: "The service has given its command up long ago; nothing runs any more.",
      };
    case "forget-last-successful": {
      const why = repair.failedEvent === undefined ? "" : ` Its ${repair.failedEvent} failed in the newest deployment.`;
      return {
        does: `Forget that ${repair.deploymentId} is installed (${repair.file}).${why}`,
        follows:
          "The next deployment runs no ApplicationStop, BeforeBlockTraffic and AfterBlockTraffic. Stop the application yourself. Its files stay known and are replaced as always.",
      };
    }
  }
}
