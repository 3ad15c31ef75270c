import * as z from "zod/mini";

/** Milliseconds since the epoch that are a moment to JavaScript; another number would be none to any reader. */
const MOMENT = z.number().check(z.gte(0), z.lte(8.64e15));

const DEPLOYMENT = z.object({
  type: z.literal("deployment"),
  deploymentId: z.string(),
  groupId: z.string(),
  groupName: z.string(),
  application: z.string(),
  /** As an operator would name it: `s3://bucket/key`, a path, ... */
  revision: z.string(),
  /** Milliseconds since the epoch, as every `at`. */
  at: MOMENT,
});
const BEGAN = z.object({ type: z.literal("began"), event: z.string(), at: MOMENT, pid: z.number() });
const ENDED = z.object({
  type: z.literal("ended"),
  event: z.string(),
  at: MOMENT,
  durationMs: z.number().check(z.gte(0), z.lte(8.64e15)),
  outcome: z.enum(["succeeded", "failed", "skipped"]),
  /** The diagnostics code; 0 unless it failed. */
  code: z.number(),
  script: z.string(),
  message: z.string(),
  /** The newest output of the event's scripts; "" unless it failed. */
  log: z.string(),
});
const LINE = z.discriminatedUnion("type", [DEPLOYMENT, BEGAN, ENDED]);

/** The facts of a deployment; the first line of its record. */
export type DeploymentFacts = z.infer<typeof DEPLOYMENT>;
/** An event began; the process is the agent's. */
export type EventBegan = z.infer<typeof BEGAN>;
/** An event ended, or had nothing to do on this host. */
export type EventEnded = z.infer<typeof ENDED>;
/** One line of a deployment's record. */
export type HistoryLine = z.infer<typeof LINE>;

/** The text of a line, its newline included. */
export function lineText(line: HistoryLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** The lines of a record, in order; what a crash or another version left that cannot be read is passed over. */
export function readLines(text: string): readonly HistoryLine[] {
  return text.split("\n").flatMap((line) => {
    const read = LINE.safeParse(parseJson(line));
    return read.success ? [read.data] : [];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
