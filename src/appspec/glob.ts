/** The pattern that matches at any depth. */
export const ANY_DEPTH = "**";

/**
 * Whether a path below an object matches a pattern: `**` matches at any depth, every other pattern a direct child's
 * whole name. Only `*` is special; case matters.
 * @param relativePath path relative to the object, without leading slash
 */
export function matchesPattern(relativePath: string, pattern: string): boolean {
  return pattern === ANY_DEPTH || matchesDirectChild(relativePath, pattern);
}

/** Whether a path is excluded: exceptions only ever concern direct children, even when the pattern is `**`. */
export function matchesException(relativePath: string, exceptions: readonly string[]): boolean {
  return exceptions.some((exception) => matchesDirectChild(relativePath, exception));
}

function matchesDirectChild(relativePath: string, pattern: string): boolean {
  return !relativePath.includes("/") && matchesName(relativePath, pattern);
}

/**
 * Whether a whole name matches a pattern in which `*` stands for any text, the empty one included. Each part between
 * two stars is taken where it first fits, so the time grows with the length of the name, not with the number of stars.
 */
export function matchesName(name: string, pattern: string): boolean {
  const parts = pattern.split("*");
  const first = parts.shift() ?? "";
  const last = parts.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let position = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return name.length - last.length >= position && name.endsWith(last);
}
