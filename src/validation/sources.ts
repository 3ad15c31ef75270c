import type { ArchiveNode, ArchiveProblem } from "../install/archive/archive-tree.ts";
import { listArchive } from "../install/archive/list-archive.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { MESSAGES } from "./messages.ts";
import type { Problem } from "./problem.ts";
import { placeFinder, type ReadRevision } from "./revision.ts";

/** What `files` names and the revision does not have, or has in a form that cannot be installed. */
export async function sourceProblems(
  { file, text, directory, appSpec }: ReadRevision,
  fileSystem: FileSystem,
): Promise<readonly Problem[]> {
  const placeOf = placeFinder(text);
  const sources = await listArchive(appSpec.files, {
    fileSystem,
    archive: directory,
    preserveDirectorySymlinks: false,
  });
  return sources.flatMap(({ node }, index) =>
    unusableIn(node).map(({ source, problem }): Problem => {
      const place = placeOf("files", index, "source");
      const name = source.startsWith(`${directory}/`) ? source.slice(directory.length + 1) : source;
      return { ...place, file, severity: "error", message: MESSAGES.source(name, problem) };
    }),
  );
}

interface Unusable {
  readonly source: string;
  readonly problem: ArchiveProblem;
}

function unusableIn(node: ArchiveNode): readonly Unusable[] {
  const found: Unusable[] = [];
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === "unusable") found.push(next);
    if (next.kind === "directory") open.push(...next.children.map((child) => child.node));
  }
  return found;
}
