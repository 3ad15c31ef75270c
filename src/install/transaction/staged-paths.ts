import type { Put } from "./transaction.ts";

/** Where the object that is to come to a path is made ready: under a hidden name, or inside a directory that has one. */
export function stagedPaths(puts: readonly Put[]): (path: string) => string {
  const known = new Map(puts.map(({ path, staged }) => [path, staged]));
  /** A directory that comes, and where: what is in it is mostly asked for in a row. */
  let latest = { directory: "/", staged: "" };
  const stagedPath = (path: string): string => {
    const slash = path.lastIndexOf("/");
    if (latest.staged !== "" && slash === latest.directory.length && path.startsWith(latest.directory)) {
      return latest.staged + path.slice(slash);
    }
    const staged = known.get(path);
    if (staged !== undefined) return staged;
    if (path === "/") throw new Error("Nothing is staged for this path");
    const directory = path.slice(0, slash) || "/";
    const parent = stagedPath(directory);
    // Files are asked for once, directories again and again.
    known.set(directory, parent);
    latest = { directory, staged: parent };
    return parent + path.slice(slash);
  };
  return stagedPath;
}
