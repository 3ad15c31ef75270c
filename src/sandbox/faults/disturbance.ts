import { setTimeout as delay } from "node:timers/promises";
import type { ErrorStatus, FaultEffect, RefusalReason } from "./fault.ts";

/** Why a request is not carried out; each protocol has its own words for it. */
export type Rejection =
  | { readonly kind: "error"; readonly status: ErrorStatus }
  | { readonly kind: "throttling"; readonly retryAfterSeconds?: number }
  | { readonly kind: "refusal"; readonly reason: RefusalReason };

/** What a request meets after it has been waited for. */
export interface Disturbance {
  /** It is not carried out, and the connection is reset. */
  readonly outage: boolean;
  /** It is not carried out. */
  readonly rejection?: Rejection;
  /** It is carried out, and the connection is reset. */
  readonly losesAnswer: boolean;
  /** Its connection ends after so many bytes of the content. */
  readonly cutAfter?: number;
}

/** Where several effects meet: their latencies add up, and the oldest of the others decides what it decides. */
export function disturbanceOf(effects: readonly FaultEffect[]): Disturbance & { readonly waitMs: number } {
  const rejection = effects.find(isRejection);
  const cut = effects.find((effect) => effect.kind === "cut");
  return {
    waitMs: effects.reduce((sum, effect) => sum + (effect.kind === "latency" ? effect.milliseconds : 0), 0),
    outage: effects.some(({ kind }) => kind === "outage"),
    losesAnswer: effects.some(({ kind }) => kind === "lost-answer"),
    ...(rejection === undefined ? {} : { rejection }),
    ...(cut === undefined ? {} : { cutAfter: cut.afterBytes }),
  };
}

/** Waits as long as a request has to. Resolves early when nobody waits for its answer any more. */
export async function waitOut(milliseconds: number, closed: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || closed.aborted) return;
  await delay(milliseconds, undefined, { signal: closed }).catch((error: unknown) => {
    if (!closed.aborted) throw error;
  });
}

function isRejection(effect: FaultEffect): effect is FaultEffect & Rejection {
  return effect.kind === "error" || effect.kind === "throttling" || effect.kind === "refusal";
}
