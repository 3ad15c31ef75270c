import { readdirSync, readFileSync } from "node:fs";

/** One exchange with the public API, as test/fixtures/public-api/README.md explains it. */
export interface ApiExchange {
  readonly operation: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly response?: Readonly<Record<string, unknown>>;
  readonly error?: string;
}

export type StoryStep =
  | ApiExchange
  | { readonly agents: readonly string[]; readonly do: "succeed" | "fail"; readonly events?: number }
  | { readonly hosts: Readonly<Record<string, readonly { readonly Key: string; readonly Value: string }[]>> };

const DIRECTORY = new URL("../../fixtures/public-api/", import.meta.url);

/** All stories by name. */
export function apiStories(): readonly (readonly [name: string, steps: readonly StoryStep[]])[] {
  return readdirSync(DIRECTORY)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => [file.slice(0, -5), JSON.parse(readFileSync(new URL(file, DIRECTORY), "utf8"))] as const);
}

/** The exchanges of a story. */
export function exchangesOf(steps: readonly StoryStep[]): readonly ApiExchange[] {
  return steps.flatMap((step) => ("operation" in step ? [step] : []));
}

const IDS =
  /\bd-[A-Z0-9]{9}\b|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=instance\/[\w-]+_)[A-Za-z0-9]{10}$/g;

/** Which id of the sandbox each id of a story stands for. */
export class StoryIds {
  readonly #known = new Map<string, string>();

  /** A request with the sandbox's ids in place of the story's. */
  translated(value: unknown): unknown {
    return JSON.parse(JSON.stringify(value), (_key, member) =>
      typeof member === "string" ? member.replaceAll(IDS, (id) => this.#known.get(id) ?? id) : member,
    );
  }

  /** Takes the ids of an answer at the places where the story has ids of its own. */
  learn(told: unknown, answered: unknown): void {
    if (typeof told === "string" && typeof answered === "string") {
      const ids = answered.match(IDS) ?? [];
      for (const [index, id] of (told.match(IDS) ?? []).entries()) {
        const actual = ids[index];
        if (actual !== undefined && !this.#known.has(id)) this.#known.set(id, actual);
      }
      return;
    }
    if (typeof told !== "object" || told === null || typeof answered !== "object" || answered === null) return;
    for (const [key, member] of Object.entries(told)) {
      this.learn(member, Object.getOwnPropertyDescriptor(answered, key)?.value);
    }
  }
}

/** A body in which only the form of times counts. */
export function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, member) =>
    /(?:Time|At)$/.test(key) && typeof member === "number" ? "a time" : member,
  );
}
