let latest = "/";

/**
 * The directory that an absolute, normalised path is in; `/` for `/` itself. Paths that are asked for one after another
 * are mostly in the same directory, and then get the very same string, whose place in a map is found at once.
 */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash !== latest.length || !path.startsWith(latest)) latest = slash <= 0 ? "/" : path.slice(0, slash);
  return latest;
}
