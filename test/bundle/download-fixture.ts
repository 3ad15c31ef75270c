import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type BundleRules, DEFAULT_RULES } from "../../src/bundle/bundle-rules.ts";
import { type DownloadPorts, type DownloadRequest, downloadBundle } from "../../src/bundle/download.ts";
import { DeploymentError } from "../../src/deployment/error.ts";
import { Layout } from "../../src/deployment/layout.ts";
import type { ArchiveType, Revision } from "../../src/deployment/revision.ts";
import type { DeploymentSpecification } from "../../src/deployment/specification.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { createTarChildren } from "../../src/host/tar-children/gnu-tar.ts";
import type { Accounts } from "../../src/ports/accounts.ts";
import { pathOf, textOf } from "../../src/ports/bytes.ts";
import type { Decompressors } from "../../src/ports/decompressors.ts";
import type { FileMakers } from "../../src/ports/file-makers.ts";
import type { FileSystem } from "../../src/ports/file-system.ts";
import type { RevisionDownload } from "../../src/ports/revisions.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** What is on the host after a first download that failed: directories, and nothing in them. */
export const NOTHING_LEFT = ["root", "root/deployment-instructions", "root/g-1", "root/g-1/d-NEW"];

/** What a test may set about a download. */
export interface DownloadSetup {
  readonly fileSystem?: Partial<FileSystem>;
  readonly fileMakers?: FileMakers;
  readonly accounts?: Accounts;
  readonly decompressors?: Decompressors;
  readonly maxRevisions?: number;
  readonly deploymentId?: string;
  readonly signal?: AbortSignal;
  readonly download?: Partial<RevisionDownload>;
  readonly clock?: FakeClock;
  readonly rules?: Partial<BundleRules>;
  /** `ReuseArchiveFromDeploymentId`. */
  readonly reuse?: string;
}

/** A host with an empty deployment root, and a deployment of one group on it. */
export function deploymentHost() {
  const directory = temporaryDirectory();
  const layout = new Layout(join(directory, "root"));
  const log = new RecordingLog();
  const paths = (deploymentId = "d-NEW") => layout.deployment({ deploymentGroupId: "g-1", deploymentId });

  function request(revision: Revision, setup: DownloadSetup = {}): DownloadRequest {
    const reuse = setup.reuse === undefined ? {} : { reuseArchiveFromDeploymentId: setup.reuse };
    const specification = { ...specificationOf(revision, setup.deploymentId ?? "d-NEW"), ...reuse };
    const rules = { ...DEFAULT_RULES, ...setup.rules };
    return { specification, layout, maxRevisions: setup.maxRevisions ?? 5, rules };
  }

  function ports(download: Partial<RevisionDownload>, setup: DownloadSetup): DownloadPorts {
    const content = Readable.from([]);
    const revisions = { open: async () => ({ content, size: undefined, eTag: undefined, ...download }) };
    const fileSystem = { ...localFileSystem, ...setup.fileSystem };
    const owners = setup.accounts === undefined ? {} : { accounts: setup.accounts };
    const makers = setup.fileMakers === undefined ? {} : { fileMakers: setup.fileMakers };
    const programs = setup.decompressors === undefined ? {} : { decompressors: setup.decompressors };
    return { fileSystem, revisions, log, clock: setup.clock ?? new FakeClock(), ...owners, ...makers, ...programs };
  }

  return {
    directory,
    layout,
    log,
    paths,
    request,
    ports,
    /** Downloads a revision of any type. */
    download: (revision: Revision, setup: DownloadSetup = {}) =>
      downloadBundle(request(revision, setup), ports(setup.download ?? {}, setup), setup.signal),
    /** Downloads bytes as if they came from S3. */
    downloadBytes: (bytes: Buffer, bundleType: ArchiveType, setup: DownloadSetup = {}) => {
      const download = { content: inChunks(bytes), size: bytes.length, eTag: "5d41402a", ...setup.download };
      const revision = { type: "S3", bucket: "releases", key: `app.${bundleType}`, bundleType } as const;
      return downloadBundle(request(revision, setup), ports(download, setup), setup.signal);
    },
    /** Writes a file outside the root and names it. */
    file: (name: string, bytes: Buffer | string): string => {
      writeFileSync(join(directory, name), bytes);
      return join(directory, name);
    },
  };
}

/** The tar programs of this host, to which all small files go, however few they are. */
export function eagerMakers(): FileMakers {
  return { ...createTarChildren(), worthFiles: 1 };
}

/** A stream of chunks of an awkward length. */
export function inChunks(bytes: Buffer, length = 1000): Readable {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += length) chunks.push(bytes.subarray(at, at + length));
  return Readable.from(chunks);
}

/** Everything below a directory: kind, mode, owner, time and content or link text by relative path. */
export function snapshot(directory: string, { times = true, owners = true } = {}): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (path: string, name: string): void => {
    // Names need not be UTF-8.
    const at = pathOf(path);
    const status = lstatSync(at);
    const facts = [(status.mode & 0o7777).toString(8)];
    if (owners) facts.push(`${status.uid}:${status.gid}`);
    if (times) facts.push(String(Math.floor(status.mtimeMs / 1000)));
    if (status.isSymbolicLink()) {
      found[name] = `link ${textOf(readlinkSync(at, "buffer"))} ${facts.slice(1).join(" ")}`;
    } else if (status.isDirectory()) {
      found[name] = `directory ${facts.join(" ")}`;
      for (const child of readdirSync(at, "buffer").map((bytes) => textOf(bytes))) {
        visit(join(path, child), `${name}/${child}`);
      }
    } else found[name] = `file ${facts.join(" ")} ${readFileSync(at, "latin1")}`;
  };
  visit(directory, ".");
  return found;
}

/** Relative paths of everything below a directory, sorted. */
export function names(directory: string): string[] {
  return Object.keys(snapshot(directory))
    .map((name) => name.slice(2))
    .filter((name) => name !== "")
    .sort();
}

/** The `DeploymentError` an action ends with; anything else fails the test. */
export async function failureOf(action: Promise<unknown>): Promise<DeploymentError> {
  try {
    await action;
  } catch (error) {
    if (error instanceof DeploymentError) return error;
    throw error;
  }
  throw new Error("it succeeded");
}

/** Makes a directory tree: text makes a file, undefined a directory. */
export function makeTree(root: string, tree: Readonly<Record<string, string | undefined>>): void {
  mkdirSync(root, { recursive: true });
  for (const [name, content] of Object.entries(tree)) {
    const path = join(root, name);
    mkdirSync(content === undefined ? path : join(path, ".."), { recursive: true });
    if (content !== undefined) writeFileSync(path, content);
  }
}

function specificationOf(revision: Revision, deploymentId: string): DeploymentSpecification {
  return {
    deploymentId,
    deploymentGroupId: "g-1",
    deploymentGroupName: "web",
    applicationName: "shop",
    deploymentCreator: "user",
    deploymentType: "IN_PLACE",
    appSpecFilename: "appspec.yml",
    fileExistsBehavior: "DISALLOW",
    revision,
  };
}
