import type { Fault } from "../appspec/faults.ts";

/** Something that is wrong, or most likely meant otherwise, in a revision. */
export interface Problem extends Fault {
  /** Path of the file in the revision. */
  readonly file: string;
}

/** What was found in a revision. */
export interface ValidationReport {
  /** The AppSpec file that was read; undefined when there is none. */
  readonly appSpecFile: string | undefined;
  /** Its text, for showing the lines that are meant; "" without one. */
  readonly appSpecText: string;
  /** In the order of files and lines. */
  readonly problems: readonly Problem[];
}

/** Whether the revision can be deployed. */
export function isUsable({ problems }: ValidationReport): boolean {
  return problems.every(({ severity }) => severity !== "error");
}
