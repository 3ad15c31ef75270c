import { bytesOf } from "../ports/bytes.ts";
import type { ArchiveEntry } from "./archive-entry.ts";

/** Linux takes no longer path, and no longer text for a link: with the NUL byte at its end it has 4096. */
const MAX_PATH_BYTES = 4095;
/** Nor a longer part of a path, on all file systems in use. */
const MAX_NAME_BYTES = 255;
/**
 * Names and link texts of an archive are held in memory until its end; a small archive can hold any number of long ones.
 * Half a million entries with names of a hundred characters stay far below this.
 */
const MAX_TEXT_CHARACTERS = 128 * 1024 * 1024;

/** Looks at the names and link texts that an archive brings: what no file system takes is refused before it is tried. */
export class EntryTexts {
  readonly #most: number;
  #characters = 0;

  /** @param most characters of all texts together */
  constructor(most = MAX_TEXT_CHARACTERS) {
    this.#most = most;
  }

  /** Why an entry cannot be kept, completing a sentence that begins with its name; undefined if it can. */
  fault(entry: ArchiveEntry): string | undefined {
    const target = "target" in entry ? entry.target : undefined;
    this.#characters += entry.name.length + (target?.length ?? 0);
    if (this.#characters > this.#most) {
      return `is one too many: the archive's names and link texts have more than ${this.#most} characters together`;
    }
    return nameFault(entry.name) ?? (target === undefined ? undefined : targetFault(target, entry.kind));
  }
}

function nameFault(name: string): string | undefined {
  if (isLonger(name, MAX_PATH_BYTES))
    return `has a name of more than ${MAX_PATH_BYTES} bytes, which Linux does not take`;
  const hasLongPart =
    name.length > MAX_NAME_BYTES / 3 && name.split("/").some((part) => isLonger(part, MAX_NAME_BYTES));
  return hasLongPart
    ? `has a name with a part of more than ${MAX_NAME_BYTES} bytes, which no file system takes`
    : undefined;
}

function targetFault(target: string, kind: ArchiveEntry["kind"]): string | undefined {
  if (isLonger(target, MAX_PATH_BYTES))
    return `is a link to more than ${MAX_PATH_BYTES} bytes, which Linux does not take`;
  if (kind !== "symbolic-link") return undefined;
  if (target === "") return "is a symbolic link to nothing";
  return target.includes("\0") ? "is a symbolic link to a text with a NUL byte" : undefined;
}

/** A character takes three bytes at most. */
function isLonger(text: string, bytes: number): boolean {
  return text.length > bytes || (text.length > bytes / 3 && bytesOf(text).length > bytes);
}
