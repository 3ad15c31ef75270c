import { join } from "node:path";
import { appSpecCandidates } from "../appspec/lookup.ts";
import { type ParsedAppSpec, parseAppSpec } from "../appspec/parse.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { MESSAGES } from "./messages.ts";
import type { Problem, ValidationReport } from "./problem.ts";
import { scriptProblems } from "./scripts.ts";
import { sourceProblems } from "./sources.ts";

/** The text of an AppSpec file alone. @param file name under which the faults are reported */
export function validateText(text: string, file: string): ValidationReport {
  return { appSpecFile: file, appSpecText: text, problems: faultsOf(parseAppSpec(text, file)) };
}

/**
 * A whole revision: its AppSpec file, and whether what that names is in the revision and can be run.
 * @param directory the unpacked revision
 * @param name the deployment's `AppSpecFilename`
 */
export async function validateRevision(
  { directory, name }: { readonly directory: string; readonly name: string },
  fileSystem: FileSystem,
): Promise<ValidationReport> {
  const candidates = appSpecCandidates(name);
  const names = (await fileSystem.list(directory)).toSorted();
  const found = await firstFile(candidates, directory, fileSystem);
  if (found === undefined) return withoutAppSpec(candidates, names);
  const text = await fileSystem.readText(join(directory, found));
  const parsed = parseAppSpec(text, found);
  const problems = [...faultsOf(parsed), ...(await bundleProblems({ parsed, text, directory }, fileSystem))];
  const others = candidates.filter((candidate) => candidate !== found && names.includes(candidate));
  const second = others.map((other) => wholeFile(found, "warning", MESSAGES.secondAppSpec(found, other)));
  return { appSpecFile: found, appSpecText: text, problems: inOrder([...problems, ...second], found) };
}

function faultsOf(parsed: ParsedAppSpec): readonly Problem[] {
  const faults = parsed.kind === "invalid" ? [...parsed.faults, ...parsed.warnings] : parsed.warnings;
  return inOrder(
    faults.map((fault) => ({ ...fault, file: parsed.fileName })),
    parsed.fileName,
  );
}

/** What the file names can only be looked for once it can be read. */
async function bundleProblems(
  { parsed, text, directory }: { readonly parsed: ParsedAppSpec; readonly text: string; readonly directory: string },
  fileSystem: FileSystem,
): Promise<readonly Problem[]> {
  if (parsed.kind === "invalid") return [];
  const { fileName: file, appSpec } = parsed;
  const revision = { file, text, directory, appSpec };
  return [...(await sourceProblems(revision, fileSystem)), ...(await scriptProblems(revision, fileSystem))];
}

const MOST_ENTRIES_NAMED = 10;

function withoutAppSpec(candidates: readonly string[], names: readonly string[]): ValidationReport {
  const [expected = ""] = candidates;
  const named = names.slice(0, MOST_ENTRIES_NAMED).join(", ");
  const more = names.length - MOST_ENTRIES_NAMED;
  const entries = names.length === 0 ? "nothing" : more > 0 ? `${named} and ${more} more` : named;
  const misnamed = names.filter((name) => /^app-?spec\.ya?ml$/i.test(name) && !candidates.includes(name));
  const problems = [
    wholeFile(expected, "error", MESSAGES.noAppSpec(candidates, entries)),
    ...misnamed.map((name) => wholeFile(name, "error", MESSAGES.misnamedAppSpec(name, expected))),
  ];
  return { appSpecFile: undefined, appSpecText: "", problems };
}

function wholeFile(file: string, severity: Problem["severity"], message: string): Problem {
  return { file, severity, line: 1, column: 1, path: "", message };
}

/** The AppSpec file first, for the others follow from it. */
function inOrder(problems: readonly Problem[], appSpecFile: string): readonly Problem[] {
  const rank = ({ file }: Problem) => (file === appSpecFile ? "" : file);
  return problems.toSorted(
    (one, other) => byText(rank(one), rank(other)) || one.line - other.line || one.column - other.column,
  );
}

/** localeCompare would load the rules of all languages, for 9 ms. */
function byText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

async function firstFile(names: readonly string[], directory: string, fileSystem: FileSystem) {
  for (const name of names) {
    if ((await fileSystem.statusFollowing(join(directory, name)))?.kind === "file") return name;
  }
  return undefined;
}
