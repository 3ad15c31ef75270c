import type { WorkOrder } from "../../ports/command-worker.ts";
import type { Envelope } from "../../ports/commands-api.ts";
import type { Log, LogFields } from "../../ports/log.ts";
import type { PortableError } from "./portable-error.ts";

/** Something the worker is asked to do. */
export type Task =
  /** Answered with the content. */
  | { readonly task: "open"; readonly envelope: Envelope }
  /** Answered with whether it is a no-op. */
  | { readonly task: "prepare"; readonly order: WorkOrder }
  /** Answered with the note for the report. @see prepared is the number of the task that prepared it */
  | { readonly task: "execute"; readonly order: WorkOrder; readonly prepared: number };

/** From the daemon to its worker. The first message says how the host is to be worked on. */
export type ToWorker<Setup = unknown> =
  | { readonly kind: "set-up"; readonly setup: Setup }
  | { readonly kind: "task"; readonly number: number; readonly task: Task }
  /** What the task has done is given up and undone. */
  | { readonly kind: "cancel"; readonly number: number };

/** From the worker to its daemon. */
export type FromWorker =
  | { readonly kind: "done"; readonly number: number; readonly value: string | boolean }
  | { readonly kind: "failed"; readonly number: number; readonly error: PortableError }
  | {
      readonly kind: "log";
      readonly level: keyof Log;
      readonly message: string;
      readonly fields: LogFields | undefined;
    }
  /** A record for the wire log. */
  | { readonly kind: "wire"; readonly line: string };
