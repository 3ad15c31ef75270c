import type { PastDeployment, PastEvent } from "../../history/read.ts";

const WORDS: Readonly<Record<PastDeployment["outcome"] | PastEvent["outcome"], string>> = {
  succeeded: "ok",
  failed: "FAILED",
  running: "running",
  interrupted: "INTERRUPTED",
  skipped: "skipped",
  unrecorded: "unknown",
};

/** How it went, in a word. */
export function outcomeText({ outcome }: Pick<PastDeployment | PastEvent, "outcome">): string {
  return WORDS[outcome];
}
