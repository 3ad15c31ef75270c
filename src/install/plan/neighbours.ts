import { type ArchiveDirectory, nodeIn } from "../archive/archive-tree.ts";
import { parentOf } from "../host/parent.ts";
import type { Wish } from "./wishes.ts";

/** Tells where the items of `files` come into each other's way. */
export class Neighbours {
  /** How many items bring something to a path or below it, as far as they name it. */
  readonly #atOrBelow = new Map<string, number>();
  readonly #trees = new Map<string, ArchiveDirectory[]>();

  constructor(wishes: readonly Wish[]) {
    for (const wish of wishes) {
      const { kind, path } = wish;
      if (kind === "directory") continue;
      if (kind === "tree") this.#trees.set(path, [...(this.#trees.get(path) ?? []), wish.node]);
      for (const place of placesTo(path)) this.#atOrBelow.set(place, (this.#atOrBelow.get(place) ?? 0) + 1);
    }
  }

  /**
   * Whether nothing but one tree comes into a directory.
   * @param path the directory
   * @param root path of the tree, the same or above
   */
  isAlone(path: string, root: string): boolean {
    if ((this.#atOrBelow.get(path) ?? 0) > (path === root ? 1 : 0)) return false;
    return placesTo(path).every((place) => this.#bringing(path, place) <= (place === root ? 1 : 0));
  }

  /** How many trees of a place have something at a path. */
  #bringing(path: string, place: string): number {
    const trees = this.#trees.get(place) ?? [];
    return trees.filter((tree) => nodeIn(tree, path.slice(place === "/" ? 1 : place.length + 1)) !== undefined).length;
  }
}

/** A path and everything above it. */
function placesTo(path: string): readonly string[] {
  const places = [path];
  for (let place = path; place !== "/"; places.push(place)) place = parentOf(place);
  return places;
}
