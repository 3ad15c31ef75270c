import { relative, resolve } from "node:path";
import type { Revision } from "../../deployment/revision.ts";
import { isUsable, type ValidationReport } from "../../validation/problem.ts";
import { validateRevision, validateText } from "../../validation/validate.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { quietLog } from "../quiet-log.ts";
import { interruptible } from "../terminal/interruptible.ts";
import { CliError, EXIT, type Io, print, printJson } from "../terminal/io.ts";
import type { ValidateOptions } from "./command.ts";
import { gitHubLines } from "./github.ts";
import { textLines } from "./text.ts";

/** `codedeploy-agent validate`. */
export async function validate({ options, arguments: [path = "."] }: Given<ValidateOptions>, line: CommandLine) {
  const report = await reportOn(path, options.appspecFilename, line);
  SHOWN[options.json ? "json" : options.format](report, line.io);
  const warnings = report.problems.some(({ severity }) => severity === "warning");
  return isUsable(report) && !(options.strict && warnings) ? EXIT.done : EXIT.failed;
}

const SHOWN: Readonly<Record<ValidateOptions["format"], (report: ValidationReport, io: Io) => void>> = {
  text: (report, io) => print(io, ...textLines(report, io)),
  github: (report, io) => print(io, ...gitHubLines(report)),
  json: (report, io) =>
    printJson(io, { valid: isUsable(report), appSpecFile: report.appSpecFile ?? null, problems: report.problems }),
};

/** A file with YAML in its name is an AppSpec file, any other one is an archive. */
async function reportOn(given: string, name: string, { io, services }: CommandLine): Promise<ValidationReport> {
  const fileSystem = await services.fileSystem();
  const path = resolve(io.workingDirectory, given);
  const kind = (await fileSystem.statusFollowing(path))?.kind;
  if (kind === undefined) throw new CliError(`${given} does not exist.`);
  if (kind === "directory") return inDirectory(await validateRevision({ directory: path, name }, fileSystem), path, io);
  if (kind !== "file") throw new CliError(`${given} is neither a file nor a directory.`);
  if (/\.ya?ml$/i.test(path)) return validateText(await fileSystem.readText(path), relativePath(path, io));
  // What unpacks archives is as large as all that validates them.
  const [{ archiveTypeOf }, { withRevision }] = await Promise.all([
    import("../local/archive-type.ts"),
    import("../../preview/open-revision.ts"),
  ]);
  const bundleType = await archiveTypeOf(path, fileSystem);
  if (bundleType === undefined) {
    throw new CliError(`${given} is neither an AppSpec file (.yml) nor an archive (zip, tar, tgz).`);
  }
  const revision: Revision = { type: "Local File", location: path, bundleType };
  const { clock, temporaryDirectory } = services;
  return interruptible(io, (stop) => {
    const ports = { fileSystem, clock, temporaryDirectory, log: quietLog, revisions: NO_REVISIONS, stop };
    return withRevision(revision, ports, (directory) => validateRevision({ directory, name }, fileSystem));
  });
}

const NO_REVISIONS = {
  open: () => Promise.reject(new CliError("Only files of this host can be validated.")),
};

/** Paths as the operator's shell and editor know them. */
function inDirectory(report: ValidationReport, directory: string, io: CommandLine["io"]): ValidationReport {
  const named = (file: string) => relativePath(resolve(directory, file), io);
  const { appSpecFile } = report;
  return {
    ...report,
    appSpecFile: appSpecFile === undefined ? undefined : named(appSpecFile),
    problems: report.problems.map((problem) => ({ ...problem, file: named(problem.file) })),
  };
}

function relativePath(path: string, { workingDirectory }: CommandLine["io"]): string {
  const way = relative(workingDirectory, path);
  return way === "" || way === ".." || way.startsWith("../") ? path : way;
}
