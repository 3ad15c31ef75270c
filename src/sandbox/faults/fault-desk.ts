import type { FaultEffect, FaultView, NewFault } from "./fault.ts";
import {
  type FaultRequest,
  faultView,
  isAbout,
  isActive,
  roll,
  type StandingFault,
  standing,
} from "./standing-fault.ts";

/** Kinds that are about commands, not about requests. */
export type RedeliveryKind = "duplicate" | "stale";

/** A command that could be handed out once more. */
export interface HandedOut {
  readonly id: string;
  /** When it was handed out last; milliseconds since the epoch. */
  readonly at: number;
}

/** The faults that somebody asked for. */
export class FaultDesk {
  readonly #now: () => number;
  readonly #faults = new Map<string, StandingFault>();
  /** Commands about which chance has decided already, by fault. */
  readonly #decided = new Map<string, Set<string>>();
  #last = 0;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(fault: NewFault): FaultView {
    this.#last += 1;
    const added = standing(`f-${this.#last}`, fault, this.#now());
    this.#faults.set(added.id, added);
    return faultView(added, this.#now());
  }

  /** Oldest first. */
  list(): readonly FaultView[] {
    return [...this.#faults.values()].map((fault) => faultView(fault, this.#now()));
  }

  /** False when there is no such fault. */
  remove(id: string): boolean {
    this.#decided.delete(id);
    return this.#faults.delete(id);
  }

  clear(): void {
    this.#faults.clear();
    this.#decided.clear();
  }

  /** What is to happen to a request, oldest fault first; counts it. */
  take(request: FaultRequest): readonly FaultEffect[] {
    return [...this.#faults.values()].flatMap((fault) => {
      if (isRedelivery(fault.fault.kind) || !this.#concerns(fault, request)) return [];
      return this.#roll(fault) ? [fault.fault] : [];
    });
  }

  /** Whether a poll could be given a command once more. */
  mayRedeliver(kind: RedeliveryKind, request: FaultRequest): boolean {
    return [...this.#faults.values()].some((fault) => fault.fault.kind === kind && this.#concerns(fault, request));
  }

  /** The command to hand out once more; each fault decides once about a command, so that no poll is flooded. */
  redeliver(kind: RedeliveryKind, request: FaultRequest, candidates: readonly HandedOut[]): string | undefined {
    for (const { id, at } of candidates) {
      for (const fault of this.#faults.values()) {
        if (fault.fault.kind !== kind || !this.#concerns(fault, request)) continue;
        if (kind === "duplicate" && at < fault.addedAt) continue;
        const decided = this.#decided.get(fault.id) ?? new Set();
        if (decided.has(id)) continue;
        this.#decided.set(fault.id, decided.add(id));
        if (this.#roll(fault)) return id;
      }
    }
    return undefined;
  }

  #concerns(fault: StandingFault, request: FaultRequest): boolean {
    return isActive(fault, this.#now()) && isAbout(fault, request);
  }

  #roll(fault: StandingFault): boolean {
    const { hit, standing: next } = roll(fault);
    this.#faults.set(fault.id, next);
    return hit;
  }
}

function isRedelivery(kind: FaultEffect["kind"]): kind is RedeliveryKind {
  return kind === "duplicate" || kind === "stale";
}
