import { chmod, rename, writeFile } from "node:fs/promises";

/** Writes a file so that a reader sees the old one or the new one, never half of it. */
export async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, content, { mode });
  // The mode above is cut by the umask, and not set at all on a file that a crash left behind.
  await chmod(temporary, mode);
  await rename(temporary, path);
}
