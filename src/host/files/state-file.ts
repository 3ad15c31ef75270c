import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** A small file that others read while this process changes it. */
export interface StateFile {
  /** Replaces the content; readers see the old or the new one, never a part. @throws Error with an errno */
  write(text: string): void;
  /** Removes the file; whatever keeps it from that is ignored. */
  remove(): void;
}

/** A file that says how this process is. It need not survive a power loss, so nothing waits for the disk. */
export function stateFile(path: string): StateFile {
  const temporary = `${path}.new`;
  return {
    write(text) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      writeFileSync(temporary, text, { mode: 0o644 });
      renameSync(temporary, path);
    },
    remove() {
      try {
        for (const file of [temporary, path]) rmSync(file, { force: true });
      } catch {
        // Readers see by the process id that nobody keeps it any more.
      }
    },
  };
}
