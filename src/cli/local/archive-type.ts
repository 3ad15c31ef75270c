import { detectFormat, FORMAT_HEAD_BYTES } from "../../bundle/format.ts";
import type { ArchiveType } from "../../deployment/revision.ts";
import type { FileSystem } from "../../ports/file-system.ts";

const BY_NAME: readonly (readonly [RegExp, ArchiveType])[] = [
  [/\.zip$/i, "zip"],
  [/\.tar$/i, "tar"],
  [/\.(tgz|tar\.gz)$/i, "tgz"],
];

/** How an archive is packed, by its name; undefined when the name does not tell. */
export function archiveTypeByName(name: string): ArchiveType | undefined {
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
}

/** How a file is packed, by what it begins with; undefined when it is no archive. */
export async function archiveTypeOf(path: string, fileSystem: FileSystem): Promise<ArchiveType | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of fileSystem.readStream(path, { start: 0, end: FORMAT_HEAD_BYTES - 1 })) chunks.push(chunk);
  return detectFormat(Buffer.concat(chunks));
}
