import { eventMismatch } from "../appspec/lookup.ts";
import { DEFAULT_RULES } from "../bundle/bundle-rules.ts";
import { downloadBundle } from "../bundle/download.ts";
import { DIAGNOSTICS_CODES } from "../deployment/diagnostics.ts";
import { DeploymentError } from "../deployment/error.ts";
import { HOOK_EVENTS } from "../deployment/lifecycle.ts";
import { runHooks } from "../hooks/run.ts";
import { install } from "../install/install.ts";
import type { PreparedCommand } from "../ports/command-worker.ts";
import { readAppSpec } from "./appspec-file.ts";
import type { CommandContext } from "./context.ts";
import { refuseForbiddenPermissions } from "./forbidden-permissions.ts";
import { findHookScripts } from "./hook-scripts.ts";

/** Looks at a command without changing anything. @throws DeploymentError when it cannot be executed at all */
export type CommandHandler = (context: CommandContext) => Promise<PreparedCommand>;

/** The story of a deployment: what is done for each command of the service. */
const HANDLERS: ReadonlyMap<string, CommandHandler> = new Map([
  ["DownloadBundle", always(fetchRevision)],
  ["Install", always(installFiles)],
  ...HOOK_EVENTS.map((event) => [event, prepareHook] as const),
  ["UpdateDeploymentAgent", always(refuseUpdate)],
]);

/** The handler of a command; a custom event that the deployment announces is a hook. */
export function handlerFor({ event, specification }: Pick<CommandContext, "event" | "specification">): CommandHandler {
  const isCustomEvent = specification.allPossibleLifecycleEvents?.includes(event) ?? false;
  return HANDLERS.get(event) ?? (isCustomEvent ? prepareHook : prepareUnknown);
}

/** A command that is never a no-op. */
function always(work: (context: CommandContext, cancel: AbortSignal) => Promise<string>): CommandHandler {
  return async (context) => ({ isNoop: false, execute: (cancel) => work(context, cancel) });
}

async function fetchRevision({ specification, settings, ports }: CommandContext, cancel: AbortSignal): Promise<string> {
  const { layout, maxRevisions, bundleRules: rules = DEFAULT_RULES } = settings;
  const work = () => downloadBundle({ specification, layout, maxRevisions, rules }, ports, cancel);
  const { source } = await (ports.memory?.quick(work) ?? work());
  // The service parses this note, and expects it of deployments that offer an earlier one's archive.
  return specification.reuseArchiveFromDeploymentId === undefined ? "" : `BundleSource=${source}`;
}

async function installFiles({ specification, settings, ports }: CommandContext, cancel: AbortSignal): Promise<string> {
  const { layout, preserveDirectorySymlinks = false } = settings;
  const { archive, directory } = layout.deployment(specification);
  const place = { archive, filename: specification.appSpecFilename };
  const { appSpec, warnings } = await readAppSpec(place, ports.fileSystem);
  if (warnings !== "") ports.log.warn(warnings);
  refuseForbiddenPermissions(appSpec, settings);
  const mismatch = eventMismatch(appSpec, specification.allPossibleLifecycleEvents);
  if (mismatch !== undefined) throw eventsDoNotMatch(mismatch);
  const request = {
    appSpec,
    archive,
    groupId: specification.deploymentGroupId,
    deploymentDirectory: directory,
    fileExistsBehavior: specification.fileExistsBehavior,
    layout,
    preserveDirectorySymlinks,
  };
  const work = () => install(request, ports, cancel);
  const { files, removed, retained } = await (ports.memory?.roomy(work) ?? work());
  ports.log.info(`Installed ${files} files, removed ${removed}, kept ${retained} that were there.`);
  return "";
}

async function prepareHook(context: CommandContext): Promise<PreparedCommand> {
  const { event, specification, settings, ports } = context;
  const found = await findHookScripts(context);
  if (found === undefined || found.scripts.length === 0) return { isNoop: true, execute: async () => "" };
  return {
    isNoop: false,
    async execute(cancel) {
      await runHooks({ ...found, ...settings, event, specification }, ports, cancel);
      return "";
    },
  };
}

async function refuseUpdate(): Promise<string> {
  throw new DeploymentError(DIAGNOSTICS_CODES.unknownError, "This agent does not update itself.", {
    hint: "Update the codedeploy-agent package with the host's package manager.",
  });
}

async function prepareUnknown({ event }: CommandContext): Promise<PreparedCommand> {
  const refusal = new DeploymentError(
    DIAGNOSTICS_CODES.unknownError,
    `The service sent the command ${JSON.stringify(event)}, which this agent does not know.`,
    { hint: "Update the agent on this host, or remove the event from the deployment." },
  );
  // AWS's agent acknowledges what it does not know as a no-op and then fails it.
  return { isNoop: true, execute: () => Promise.reject(refusal) };
}

function eventsDoNotMatch({ unknown, missing }: NonNullable<ReturnType<typeof eventMismatch>>): DeploymentError {
  const faults = [
    ...(unknown.length > 0 ? [`the deployment has no lifecycle event ${unknown.join(", ")}`] : []),
    ...(missing.length > 0 ? [`hooks lacks ${missing.join(", ")}`] : []),
  ];
  return new DeploymentError(
    DIAGNOSTICS_CODES.unknownError,
    `The AppSpec file and the deployment do not agree on the lifecycle events: ${faults.join("; ")}.`,
    { hint: "Correct the event names under hooks." },
  );
}
