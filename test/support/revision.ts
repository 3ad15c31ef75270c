import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { create } from "tar";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A revision as text: path in the revision to content; scripts are made executable. */
export type RevisionFiles = Readonly<Record<string, string>>;

/** Writes a revision into a new directory. */
export function writeRevision(files: RevisionFiles): string {
  const directory = temporaryDirectory();
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, path.endsWith(".sh") ? 0o755 : 0o644);
  }
  return directory;
}

/** Packs a directory as a tar archive, compressed or not. */
export async function packTar(directory: string, { gzip }: { readonly gzip: boolean }): Promise<Buffer> {
  const file = join(temporaryDirectory(), "bundle");
  await create({ cwd: directory, file, gzip, portable: true }, ["."]);
  return readFileSync(file);
}

/** Packs a directory as a zip archive with Info-ZIP. */
export function packZip(directory: string): Buffer {
  const file = join(temporaryDirectory(), "bundle.zip");
  execFileSync("zip", ["-qry", file, "."], { cwd: directory });
  return readFileSync(file);
}

/** Whether Info-ZIP is on this machine. */
export function hasZip(): boolean {
  try {
    execFileSync("zip", ["-v"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
