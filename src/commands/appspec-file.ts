import { join } from "node:path";
import type { AppSpec } from "../appspec/appspec.ts";
import { renderFaults } from "../appspec/faults.ts";
import { appSpecCandidates } from "../appspec/lookup.ts";
import { parseAppSpec } from "../appspec/parse.ts";
import { DIAGNOSTICS_CODES } from "../deployment/diagnostics.ts";
import { DeploymentError } from "../deployment/error.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";

/** Where an AppSpec file is looked for. */
export interface AppSpecPlace {
  /** Directory of the unpacked revision. */
  readonly archive: string;
  /** Name that the deployment asks for. */
  readonly filename: string;
}

/**
 * Finds and reads the AppSpec file of an unpacked revision; its warnings go to the log.
 * @throws DeploymentError code 5 that lists every fault, or the names tried and the entries found
 */
export async function readAppSpec(
  { archive, filename }: AppSpecPlace,
  { fileSystem, log }: { readonly fileSystem: FileSystem; readonly log: Log },
): Promise<AppSpec> {
  const found = await findAppSpec(archive, filename, fileSystem);
  const parsed = parseAppSpec(await fileSystem.readText(join(archive, found)), found);
  if (parsed.warnings.length > 0) log.warn(renderFaults(found, parsed.warnings));
  if (parsed.kind === "valid") return parsed.appSpec;
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
