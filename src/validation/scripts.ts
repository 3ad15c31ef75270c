import { containedPath } from "../bundle/safe-path.ts";
import { FIRST_LINE_BYTES, readFirstLine } from "../hooks/shebang.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { MESSAGES } from "./messages.ts";
import type { Problem } from "./problem.ts";
import { placeFinder, type ReadRevision } from "./revision.ts";

/** Scripts of `hooks` that are missing, or that would not run as they are meant to. */
export async function scriptProblems(
  { file, text, directory, appSpec }: ReadRevision,
  fileSystem: FileSystem,
): Promise<readonly Problem[]> {
  const placeOf = placeFinder(text);
  const problems: Problem[] = [];
  const looked = new Set<string>();
  for (const [event, scripts] of appSpec.hooks) {
    for (const [index, { location }] of scripts.entries()) {
      const place = placeOf("hooks", event, index, "location");
      const kind = await kindOf(directory, location, fileSystem);
      if (kind === undefined)
        problems.push({ ...place, file, severity: "error", message: MESSAGES.scriptMissing(location) });
      else if (kind !== "file")
        problems.push({ ...place, file, severity: "error", message: MESSAGES.scriptNoFile(location) });
      else if (!looked.has(location)) problems.push(...(await contentProblems(directory, location, fileSystem)));
      looked.add(location);
    }
  }
  return problems;
}

async function kindOf(directory: string, location: string, fileSystem: FileSystem) {
  const place = containedPath(directory, location);
  if (place.kind === "refused") return undefined;
  try {
    return (await fileSystem.statusFollowing(place.path))?.kind;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

/** Warnings: the host that the revision is for may have what this one lacks. */
async function contentProblems(
  directory: string,
  location: string,
  fileSystem: FileSystem,
): Promise<readonly Problem[]> {
  const place = containedPath(directory, location);
  if (place.kind === "refused") return [];
  const warn = (message: string): Problem => {
    return { file: location, severity: "warning", line: 1, column: 1, path: "", message };
  };
  const status = await fileSystem.statusFollowing(place.path);
  const mode = (status?.mode ?? 0) & 0o111;
  return [
    ...(mode === 0 ? [warn(`${MESSAGES.notExecutable} ${location}`)] : []),
    ...firstLineProblems(await beginningOf(place.path, fileSystem)).map(warn),
  ];
}

function firstLineProblems(beginning: Buffer): readonly string[] {
  const line = readFirstLine(beginning);
  switch (line.kind) {
    case "program":
      return [];
    case "interpreter":
      return line.endsInCarriageReturn ? [MESSAGES.carriageReturn(line.path)] : [];
    case "none":
      return [line.byteOrderMark ? MESSAGES.byteOrderMark : MESSAGES.noInterpreterLine];
  }
}

async function beginningOf(path: string, fileSystem: FileSystem): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of fileSystem.readStream(path, { start: 0, end: FIRST_LINE_BYTES - 1 })) chunks.push(chunk);
  return Buffer.concat(chunks);
}
