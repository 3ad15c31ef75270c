import { join } from "node:path";
import type { AppSpec } from "../appspec/appspec.ts";
import { renderFaults } from "../appspec/faults.ts";
import { appSpecCandidates } from "../appspec/lookup.ts";
import { parseAppSpec } from "../appspec/parse.ts";
import { DIAGNOSTICS_CODES } from "../deployment/diagnostics.ts";
import { DeploymentError } from "../deployment/error.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";

/** Where an AppSpec file is looked for. */
export interface AppSpecPlace {
  /** Directory of the unpacked revision. */
  readonly archive: string;
  /** Name that the deployment asks for. */
  readonly filename: string;
}

/** An AppSpec file that can be used. */
export interface ReadAppSpec {
  readonly appSpec: AppSpec;
  /** What is most likely meant otherwise, a line each; "" for nothing. */
  readonly warnings: string;
}

/**
 * Finds and reads the AppSpec file of an unpacked revision.
 * @throws DeploymentError code 5 that lists every fault, or the names tried and the entries found
 */
export async function readAppSpec({ archive, filename }: AppSpecPlace, fileSystem: FileSystem): Promise<ReadAppSpec> {
  const found = await findAppSpec(archive, filename, fileSystem);
  const parsed = parseAppSpec(await fileSystem.readText(join(archive, found)), found);
  if (parsed.kind === "valid") return { appSpec: parsed.appSpec, warnings: renderFaults(found, parsed.warnings) };
  throw unusable(`The AppSpec file of the revision is not valid.\n${renderFaults(found, parsed.faults)}`);
}

async function findAppSpec(archive: string, filename: string, fileSystem: FileSystem): Promise<string> {
  const candidates = appSpecCandidates(filename);
  for (const candidate of candidates) {
    if ((await fileSystem.statusFollowing(join(archive, candidate)))?.kind === "file") return candidate;
  }
  const entries = await topLevelEntries(archive, fileSystem);
  throw unusable(
    `The revision has no AppSpec file: ${candidates.join(" and ")} ${candidates.length > 1 ? "are" : "is"} not in ${archive}, which holds ${entries}.`,
    "Put the file at the top of the revision.",
  );
}

const MOST_ENTRIES_NAMED = 10;

async function topLevelEntries(archive: string, fileSystem: FileSystem): Promise<string> {
  try {
    const names = (await fileSystem.list(archive)).sort();
    const named = names.slice(0, MOST_ENTRIES_NAMED).join(", ");
    const more = names.length - MOST_ENTRIES_NAMED;
    return names.length === 0 ? "nothing" : more > 0 ? `${named} and ${more} more` : named;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "nothing (it does not exist)";
    throw error;
  }
}

function unusable(message: string, hint?: string): DeploymentError {
  return new DeploymentError(DIAGNOSTICS_CODES.unknownError, message, hint === undefined ? {} : { hint });
}
