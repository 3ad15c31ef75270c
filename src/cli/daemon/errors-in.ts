const PREFIX = "error: ";

/** Of what a daemon wrote, the lines that say why it ended; undefined when there are none. */
export function errorsIn(written: string): string | undefined {
  const errors = written.split("\n").filter((text) => text.startsWith(PREFIX));
  return errors.length === 0 ? undefined : errors.map((text) => text.slice(PREFIX.length)).join("\n");
}
