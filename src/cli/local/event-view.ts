import type { ProgressReport } from "../../bundle/progress.ts";
import type { LocalEvent } from "./deploy.ts";

/** Shows a local deployment while it is carried out. */
export interface EventView {
  readonly began: (event: string) => void;
  readonly progressed: (report: ProgressReport) => void;
  /** A line that a script of the event wrote. */
  readonly wrote: (stream: "stdout" | "stderr", line: string) => void;
  readonly ended: (event: LocalEvent) => void;
  /** What has to be told whatever the state of the view. */
  readonly note: (line: string) => void;
  /** Nothing is shown any more. */
  readonly close: () => void;
}
