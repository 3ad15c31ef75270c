import {
  ERROR_STATUSES,
  type FaultEffect,
  type FaultKind,
  type FaultScope,
  type FaultView,
  REFUSAL_REASONS,
} from "../../../sandbox/faults/fault.ts";
import { type EndpointOptions, findSandbox } from "../endpoint.ts";
import { CliFailure, EXIT, type SandboxIo } from "../io.ts";
import { roomOf } from "../terminal/live-region.ts";
import { duration } from "../terminal/quantities.ts";
import { tableLines } from "../terminal/table.ts";

export interface FaultOptions extends EndpointOptions, FaultScope {
  readonly json: boolean;
}

interface KindOfFault {
  /** What stands behind the kind on the command line. */
  readonly value?: string;
  /** @throws CliFailure when the value is not one */
  readonly effect: (value: string | undefined) => FaultEffect;
}

const plain = (kind: "lost-answer" | "outage" | "duplicate" | "stale"): KindOfFault => ({ effect: () => ({ kind }) });

/** How each kind of fault is said on the command line. */
const KINDS: Readonly<Record<FaultKind, KindOfFault>> = {
  latency: {
    value: "MILLISECONDS",
    effect: (value) => ({ kind: "latency", milliseconds: wholeNumber(value, "latency MILLISECONDS") }),
  },
  error: { value: "[STATUS]", effect: (value) => ({ kind: "error", status: oneOf(ERROR_STATUSES, value ?? "500") }) },
  throttling: {
    value: "[RETRY-AFTER]",
    effect: (value) => ({
      kind: "throttling",
      ...(value === undefined ? {} : { retryAfterSeconds: wholeNumber(value, "throttling SECONDS") }),
    }),
  },
  refusal: {
    value: "[REASON]",
    effect: (value) => ({ kind: "refusal", reason: oneOf(REFUSAL_REASONS, value ?? "access-denied") }),
  },
  "lost-answer": plain("lost-answer"),
  outage: plain("outage"),
  duplicate: plain("duplicate"),
  stale: plain("stale"),
  cut: { value: "BYTES", effect: (value) => ({ kind: "cut", afterBytes: wholeNumber(value, "cut BYTES") }) },
};

/** Adds a fault (a kind and its value), lists faults, or ends them (all, or the one with an id). */
export async function fault(
  what: string,
  value: string | undefined,
  options: FaultOptions,
  io: SandboxIo,
): Promise<number> {
  const effect = isKind(what) ? effectOf(what, value) : undefined;
  if (effect === undefined && what !== "list" && what !== "clear") {
    const message = `There is no fault ${what}; there are ${Object.keys(KINDS).join(", ")}, and list and clear.`;
    throw new CliFailure(message, { exitStatus: EXIT.usage });
  }
  const client = await findSandbox(options, io.environment);
  if (effect !== undefined) {
    const added = await client.addFault({ ...effect, ...scopeOf(options) });
    io.stdout.write(options.json ? `${JSON.stringify(added)}\n` : `Fault ${added.id}: ${describe(added)}\n`);
    return EXIT.done;
  }
  if (what === "clear") {
    if (value === undefined) await client.clearFaults();
    else await client.removeFault(value);
  }
  const faults = await client.faults();
  io.stdout.write(options.json ? `${JSON.stringify(faults)}\n` : listText(faults, roomOf(io).columns));
  return EXIT.done;
}

function effectOf(kind: FaultKind, value: string | undefined): FaultEffect {
  if (KINDS[kind].value !== undefined || value === undefined) return KINDS[kind].effect(value);
  throw new CliFailure(`The fault ${kind} takes no value, but ${value} was given.`, { exitStatus: EXIT.usage });
}

function scopeOf({ service, operation, host, count, probability, seed, seconds }: FaultScope): FaultScope {
  const scope = { service, operation, host, count, probability, seed, seconds };
  return Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined));
}

function listText(faults: readonly FaultView[], columns: number): string {
  if (faults.length === 0) return "No faults.\n";
  const rows = faults.map((view) => [view.id, view.active ? "active" : "over", `hit ${view.hits}`, describe(view)]);
  return `${tableLines(rows, columns).join("\n")}\n`;
}

/** `latency 2000, of s3 GetObject, for web-1, 3 times, for 60.0 s` */
function describe(view: FaultView): string {
  const { service, operation, host, count, probability, seconds } = view;
  return [
    [view.kind, amountOf(view)].join(" ").trim(),
    ...(service === undefined && operation === undefined ? ["everywhere"] : [`at ${service ?? ""} ${operation ?? ""}`]),
    ...(host === undefined ? [] : [`host ${host}`]),
    ...(count === undefined ? [] : [`${count} times`]),
    ...(probability === undefined ? [] : [`with probability ${probability}`]),
    ...(seconds === undefined ? [] : [`for ${duration(seconds * 1000)}`]),
  ]
    .map((part) => part.replaceAll(/ +/g, " ").trim())
    .join(", ");
}

function amountOf(effect: FaultEffect): string {
  switch (effect.kind) {
    case "latency":
      return `${effect.milliseconds} ms`;
    case "error":
      return String(effect.status);
    case "throttling":
      return effect.retryAfterSeconds === undefined ? "" : `with Retry-After ${effect.retryAfterSeconds}`;
    case "refusal":
      return effect.reason;
    case "cut":
      return `after ${effect.afterBytes} bytes`;
    case "lost-answer":
    case "outage":
    case "duplicate":
    case "stale":
      return "";
  }
}

function isKind(text: string): text is FaultKind {
  return Object.hasOwn(KINDS, text);
}

function wholeNumber(value: string | undefined, usage: string): number {
  if (/^\d{1,9}$/.test(value ?? "")) return Number(value);
  throw new CliFailure(`${value ?? "Nothing"} is not a whole number; write fault ${usage}.`, {
    exitStatus: EXIT.usage,
  });
}

function oneOf<Value extends string | number>(allowed: readonly Value[], value: string): Value {
  const found = allowed.find((one) => String(one) === value);
  if (found !== undefined) return found;
  throw new CliFailure(`${value} is none of ${allowed.join(", ")}.`, { exitStatus: EXIT.usage });
}
