import type { Put } from "./transaction.ts";

/** Where the object that is to come to a path is made ready: under a hidden name, or inside a directory that has one. */
export function stagedPaths(puts: readonly Put[]): (path: string) => string {
  const known = new Map(puts.map(({ path, staged }) => [path, staged]));
  const stagedPath = (path: string): string => {
    const staged = known.get(path);
    if (staged !== undefined) return staged;
    if (path === "/") throw new Error("Nothing is staged for this path");
    const slash = path.lastIndexOf("/");
    const parent = stagedPath(path.slice(0, slash) || "/");
    const inside = parent + path.slice(slash);
    // Files are asked for once, directories again and again.
    known.set(path.slice(0, slash), parent);
    return inside;
  };
  return stagedPath;
}
