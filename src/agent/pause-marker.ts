import type { FileSystem } from "../ports/file-system.ts";

/** Who paused the daemon, since when and why; what the file does not say is absent. */
export interface PauseNote {
  /** ISO 8601. */
  readonly since?: string;
  readonly by?: string;
  readonly reason?: string;
}

/** A wish that the daemon takes no new commands, which outlives daemons and restarts. */
export interface PauseMarker {
  /** The wish, undefined when there is none. */
  read(): Promise<PauseNote | undefined>;
  /** Calls back within a second after the marker came or went, until the signal is aborted. */
  watch(changed: () => void, signal: AbortSignal): void;
}

/** Puts the marker there, or replaces the one that is there. */
export async function writePauseMarker(
  file: string,
  note: PauseNote,
  fileSystem: Pick<FileSystem, "replaceText">,
): Promise<void> {
  await fileSystem.replaceText(file, `${JSON.stringify(note)}\n`, 0o644);
}

/** Reads the marker. A file that says nothing, or is no JSON, is a wish all the same. */
export async function readPauseMarker(
  file: string,
  fileSystem: Pick<FileSystem, "status" | "readText">,
): Promise<PauseNote | undefined> {
  if ((await fileSystem.status(file)) === undefined) return undefined;
  try {
    const content: unknown = JSON.parse(await fileSystem.readText(file));
    if (typeof content !== "object" || content === null) return {};
    const texts = Object.entries(content).filter(([, value]) => typeof value === "string" && value !== "");
    const { since, by, reason }: Partial<Record<string, string>> = Object.fromEntries(texts);
    return {
      ...(since === undefined ? {} : { since }),
      ...(by === undefined ? {} : { by }),
      ...(reason === undefined ? {} : { reason }),
    };
  } catch {
    return (await fileSystem.status(file)) === undefined ? undefined : {};
  }
}

/** The wish as a sentence without its full stop. */
export function describePause({ since, by, reason }: PauseNote): string {
  const who = by === undefined ? "" : ` by ${by}`;
  const when = since === undefined ? "" : ` since ${since}`;
  return `Paused${who}${when}${reason === undefined ? "" : `: ${reason.replace(/\.$/, "")}`}`;
}
