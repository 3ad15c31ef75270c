import { posix } from "node:path";
import type { HostView } from "./host-view.ts";

/** What becomes of an object of the host when everything that the group installed before is taken away. */
export type Fate =
  /** There is nothing. */
  | "absent"
  /** A file or link the group installed; it goes. */
  | "removed"
  /** A directory the group made, in which nothing is left; it goes. */
  | "emptied"
  /** A directory the group made that holds something else; it stays, and stays the group's. */
  | "kept"
  /** The group did not install it. */
  | "untouched";

/** Tells the fate of each path. Each answer is worked out once. */
export class Fates {
  readonly #host: HostView;
  readonly #owned: ReadonlySet<string>;
  readonly #known = new Map<string, Fate>();

  constructor(host: HostView) {
    this.#host = host;
    this.#owned = new Set(ownedPaths(host));
  }

  of(path: string): Fate {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const fate = this.#workOut(path);
    this.#known.set(path, fate);
    return fate;
  }

  /** Whether a plan may take the path for free. */
  isFree(path: string): boolean {
    const fate = this.of(path);
    return fate === "absent" || fate === "removed" || fate === "emptied";
  }

  #workOut(path: string): Fate {
    const object = this.#host.objects.get(path);
    if (object === undefined) return "absent";
    if (!this.#owned.has(path)) return "untouched";
    if (object.status.kind !== "directory") return "removed";
    const names = this.#host.names.get(path) ?? [];
    return names.every((name) => this.#goes(posix.join(path, name))) ? "emptied" : "kept";
  }

  #goes(path: string): boolean {
    const fate = this.#owned.has(path) ? this.of(path) : "untouched";
    return fate === "removed" || fate === "emptied";
  }
}

/** Paths that the previous Install left, each once, in its order. */
export function ownedPaths(host: Pick<HostView, "previous">): readonly string[] {
  return [...new Set(host.previous.filter(({ type }) => type === "path").map(({ path }) => path))];
}
