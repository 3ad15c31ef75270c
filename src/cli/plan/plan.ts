import { resolve } from "node:path";
import { readAppSpec } from "../../commands/appspec-file.ts";
import type { Revision } from "../../deployment/revision.ts";
import { withRevision } from "../../preview/open-revision.ts";
import { type Preview, previewInstall } from "../../preview/preview.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { type DaemonContext, daemonContext } from "../daemon/context.ts";
import { archiveTypeByName, archiveTypeOf } from "../local/archive-type.ts";
import { revisionAt } from "../local/bundle-location.ts";
import type { BundleType } from "../local/options.ts";
import { quietLog } from "../quiet-log.ts";
import { interruptible } from "../terminal/interruptible.ts";
import { CliError, EXIT, print, printJson } from "../terminal/io.ts";
import type { PlanOptions } from "./command.ts";
import { groupIdOf } from "./group.ts";
import { planLines } from "./text.ts";

/** `codedeploy-agent plan`. */
export async function showPlan(given: Given<PlanOptions>, line: CommandLine): Promise<number> {
  const { options, arguments: bundle } = given;
  const context = await daemonContext(given, line);
  const groupId = await groupIdOf(options.group, context);
  const revision = await revisionOf(bundle[0] ?? "", options.type, { context, line });
  const { preview, warnings } = await interruptible(line.io, (stop) =>
    previewOf(revision, { groupId, options, context, line, stop }),
  );
  const shown = { ...preview, warnings: [...warnings, ...preview.warnings] };
  if (options.json) printJson(line.io, jsonOf(shown, groupId));
  else print(line.io, ...(await planLines(shown, { group: options.group, all: options.all === true, line })));
  return preview.conflicts.length === 0 ? EXIT.done : EXIT.failed;
}

interface Surroundings {
  readonly context: DaemonContext;
  readonly line: CommandLine;
}

async function revisionOf(
  location: string,
  given: BundleType | undefined,
  { context: { fileSystem }, line }: Surroundings,
): Promise<Revision> {
  const isRemote = /^[a-z][a-z0-9+.-]*:\/\//i.test(location);
  const absolute = isRemote ? location : resolve(line.io.workingDirectory, location);
  const type = given ?? (isRemote ? typeByName(location) : await typeOfPath(absolute, { fileSystem }));
  return revisionAt({ location: absolute, type }, fileSystem);
}

function typeByName(location: string): BundleType {
  const path = location.replace(/[?#].*$/, "");
  const type = archiveTypeByName(path) ?? (/github\.com\//.test(path) ? "tar" : undefined);
  if (type === undefined) throw new CliError(`${location}: say with --type how it is packed.`);
  return type;
}

async function typeOfPath(path: string, { fileSystem }: Pick<DaemonContext, "fileSystem">): Promise<BundleType> {
  const kind = (await fileSystem.statusFollowing(path))?.kind;
  if (kind !== "file") return "directory";
  const type = await archiveTypeOf(path, fileSystem);
  if (type === undefined) throw new CliError(`${path} is neither a directory nor an archive (zip, tar, tgz).`);
  return type;
}

interface Asked extends Surroundings {
  readonly groupId: string;
  readonly options: PlanOptions;
  readonly stop: AbortSignal;
}

async function previewOf(revision: Revision, { groupId, options, context, line, stop }: Asked) {
  const { config, layout, fileSystem } = context;
  const { clock, temporaryDirectory } = line.services;
  const revisions = await line.services.revisions(config, stop);
  const ports = { fileSystem, revisions, clock, log: quietLog, temporaryDirectory, stop };
  return withRevision(revision, ports, async (archive) => {
    const place = { archive, filename: options.appspecFilename };
    const { appSpec, warnings } = await readAppSpec(place, fileSystem);
    const { fileExistsBehavior } = options;
    const { preserve_directory_symlinks: preserveDirectorySymlinks } = config;
    const request = { appSpec, archive, groupId, fileExistsBehavior, layout, preserveDirectorySymlinks };
    const host = await line.services.hostLook();
    const preview = await previewInstall(request, { ...host, fileSystem, log: quietLog });
    return { preview, warnings: warnings === "" ? [] : warnings.split("\n") };
  });
}

function jsonOf({ groupNames: _, ...preview }: Preview, groupId: string) {
  return { installable: preview.conflicts.length === 0, groupId, ...preview, against: preview.against ?? null };
}
