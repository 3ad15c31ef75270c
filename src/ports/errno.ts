/** The name of the errno an error carries (`ENOENT`, ...); undefined for errors of another kind. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Which of many an error is about, when it says so. */
export function indexOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("index" in error)) return undefined;
  return typeof error.index === "number" ? error.index : undefined;
}
