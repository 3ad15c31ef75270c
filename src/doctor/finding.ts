/** How a check ended. */
export type Verdict = "ok" | "warn" | "fail" | "skipped";

/** What a check found. */
export interface Finding {
  readonly verdict: Verdict;
  /** What is the case, in a sentence without its full stop. */
  readonly facts: string;
  /** What to do about it; absent when all is well. */
  readonly remedy?: string;
}

/** All is well. */
export function ok(facts: string): Finding {
  return { verdict: "ok", facts };
}

/** It works, but will not always. */
export function warn(facts: string, remedy: string): Finding {
  return { verdict: "warn", facts, remedy };
}

/** It does not work. */
export function fail(facts: string, remedy: string): Finding {
  return { verdict: "fail", facts, remedy };
}

/** It cannot be told. */
export function skipped(facts: string): Finding {
  return { verdict: "skipped", facts };
}
