import { join } from "node:path";
import { DEFAULT_RULES } from "../bundle/bundle-rules.ts";
import { fetchRevision } from "../bundle/fetch.ts";
import { NotEnoughSpaceError, SpaceBudget } from "../bundle/free-space.ts";
import { DIAGNOSTICS_CODES } from "../deployment/diagnostics.ts";
import { DeploymentError } from "../deployment/error.ts";
import { DeploymentLayout } from "../deployment/layout.ts";
import { describeRevision, type Revision } from "../deployment/revision.ts";
import type { Clock } from "../ports/clock.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";
import type { Revisions } from "../ports/revisions.ts";

/** What looking into a revision works with. */
export interface RevisionPorts {
  readonly fileSystem: FileSystem;
  readonly revisions: Revisions;
  readonly clock: Clock;
  readonly log: Log;
  /** Where an archive may be unpacked for the time being, as `/tmp`. */
  readonly temporaryDirectory: string;
  /** Aborted by an operator who does not want to wait. */
  readonly stop: AbortSignal;
}

/**
 * Lets some work look into a revision. A directory is looked at where it is; an archive is unpacked into a private
 * directory that is gone again afterwards, whatever happens.
 * @throws DeploymentError when the revision cannot be fetched or unpacked
 */
export async function withRevision<T>(
  revision: Revision,
  ports: RevisionPorts,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  if (revision.type === "Local Directory") return work(revision.location);
  const { fileSystem } = ports;
  const name = `codedeploy-agent-${process.pid}-${ports.clock.random().toString(36).slice(2)}`;
  const temporary = join(ports.temporaryDirectory, name);
  await fileSystem.makeDirectory(temporary, 0o700);
  try {
    return await work(await unpacked(revision, temporary, ports));
  } finally {
    await fileSystem.removeTree(temporary);
  }
}

async function unpacked(revision: Revision, temporary: string, ports: RevisionPorts): Promise<string> {
  const target = { deployment: new DeploymentLayout(temporary), root: temporary, signal: ports.stop };
  const space = new SpaceBudget(ports.fileSystem, temporary);
  try {
    return (await fetchRevision(revision, target, { ...ports, space, rules: DEFAULT_RULES })).directory;
  } catch (error) {
    if (!(error instanceof NotEnoughSpaceError)) throw error;
    throw new DeploymentError(
      DIAGNOSTICS_CODES.unknownError,
      `Not enough space in ${ports.temporaryDirectory} to look into ${describeRevision(revision)}: ${error.message}.`,
      { hint: "Set TMPDIR to a directory with more space." },
    );
  }
}
