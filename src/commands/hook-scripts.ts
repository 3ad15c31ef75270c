import type { ScriptEntry } from "../appspec/appspec.ts";
import { DIAGNOSTICS_CODES } from "../deployment/diagnostics.ts";
import { DeploymentError } from "../deployment/error.ts";
import { DeploymentLayout } from "../deployment/layout.ts";
import { type EarlierRevision, type RevisionFacts, selectScripts } from "../hooks/select.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { readAppSpec } from "./appspec-file.ts";
import type { CommandContext } from "./context.ts";
import { lastSuccessful, mostRecent } from "./pointers.ts";

/** The scripts of an event and the revision they come from. */
export interface HookScripts {
  /** In the order in which they run; empty when the event is a no-op. */
  readonly scripts: readonly ScriptEntry[];
  /** Directory of the unpacked revision. */
  readonly archive: string;
  /** The deployment whose revision that is. */
  readonly revisionId: string;
}

/**
 * Finds the scripts of an event; undefined when there is no revision they could come from.
 * @throws DeploymentError code 5 when the revision they should come from is missing or its AppSpec file is not valid
 */
export async function findHookScripts(context: CommandContext): Promise<HookScripts | undefined> {
  const { event, specification, settings, ports } = context;
  const selection = selectScripts({ event, specification, layout: settings.layout }, await gatherFacts(context));
  switch (selection.kind) {
    case "noop":
      ports.log[selection.warn ? "warn" : "info"](selection.reason, { deployment: specification.deploymentId });
      return undefined;
    case "missing-current":
      throw new DeploymentError(
        DIAGNOSTICS_CODES.unknownError,
        `${event} needs the unpacked revision in ${selection.archive}, which does not exist.`,
        { hint: "Deploy again, so that DownloadBundle runs on this host." },
      );
    case "revision": {
      const { archive, deploymentId } = selection;
      const place = { archive, filename: specification.appSpecFilename };
      const { appSpec } = await readAppSpec(place, ports.fileSystem);
      const scripts = appSpec.hooks.get(event) ?? [];
      ports.log.debug(selectedText(event, deploymentId, scripts));
      return { scripts, archive, revisionId: deploymentId };
    }
  }
}

function selectedText(event: string, deploymentId: string, scripts: readonly ScriptEntry[]): string {
  const names = scripts.map(({ location }) => location).join(", ");
  return scripts.length === 0
    ? `${event} has nothing to run: the revision ${deploymentId} has no scripts for it.`
    : `${event} is to run ${scripts.length} script(s) of the revision ${deploymentId}: ${names}.`;
}

async function gatherFacts({ specification, settings, ports }: CommandContext): Promise<RevisionFacts> {
  const { layout } = settings;
  const { fileSystem } = ports;
  const groupId = specification.deploymentGroupId;
  const earlier = async (directory: string | undefined): Promise<EarlierRevision | undefined> =>
    directory === undefined
      ? undefined
      : { directory, archiveExists: await isDirectory(new DeploymentLayout(directory).archive, fileSystem) };
  return {
    currentArchiveExists: await isDirectory(layout.deployment(specification).archive, fileSystem),
    lastSuccessful: await earlier((await lastSuccessful(layout, groupId, fileSystem))?.directory),
    mostRecent: await earlier((await mostRecent(layout, groupId, fileSystem))?.directory),
  };
}

async function isDirectory(path: string, fileSystem: FileSystem): Promise<boolean> {
  return (await fileSystem.statusFollowing(path))?.kind === "directory";
}
