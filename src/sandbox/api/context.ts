import type { z } from "zod";
import type { Coordinator } from "../coordination/coordinator.ts";
import type { HostRegister } from "../hosts.ts";
import { type Operation, operation } from "../http/json-service.ts";
import type { SandboxStore } from "../store/store.ts";

/** What the public API works on. */
export interface ApiContext {
  readonly store: SandboxStore;
  readonly hosts: HostRegister;
  readonly coordinator: Coordinator;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How long a minute of the service lasts here, in minutes. */
  readonly timeScale: number;
}

/** Operations by name. */
export type Operations = Readonly<Record<string, Operation>>;

/** An operation whose answer is all there is to it. */
export function answering<Input, Output extends object>(
  form: z.ZodType<Input>,
  answer: (input: Input) => Output | undefined,
): Operation {
  return operation(form, (input) => ({ body: withoutUndefined(answer(input) ?? {}) }));
}

/** JSON leaves out what is undefined; so do the types of an answer from here on. */
function withoutUndefined(value: object): Readonly<Record<string, unknown>> {
  return { ...value };
}
