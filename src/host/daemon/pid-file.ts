import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes the id of this process to a file, for whoever looks after it.
 * @returns removes the file again, unless it names another process by then
 * @throws Error with an errno when the file cannot be written
 */
export function writePidFile(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  writeFileSync(file, `${process.pid}\n`, { mode: 0o644 });
  return () => {
    try {
      if (Number(readFileSync(file, "utf8")) === process.pid) rmSync(file);
    } catch {
      // It is gone already, or not ours to remove any more.
    }
  };
}
