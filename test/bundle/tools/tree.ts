import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

export const isRoot = process.getuid?.() === 0;

/** What a tree has beside what every format can hold. */
export interface TreeFeatures {
  /** Names and link texts of more than 100 bytes. */
  readonly longNames?: boolean;
  /** Which unzip leaves out of names. */
  readonly lineBreaks?: boolean;
  /** Files with holes. */
  readonly holes?: boolean;
  /** Bits that unzip does not restore, and closed directories, which zip cannot read. */
  readonly oddModes?: boolean;
  readonly hardLinks?: boolean;
  /** Names in Latin-1, which are not UTF-8. */
  readonly bytes?: boolean;
}

const OLD = Date.UTC(2019, 2, 4, 5, 6, 8) / 1000;

/** A new directory with everything that a revision may hold; all times are known, some of them to a quarter second. */
export function makeTree(features: TreeFeatures): string {
  const root = join(temporaryDirectory(), "revision");
  for (const directory of ["empty/inner", "scripts", "grün"]) mkdirSync(join(root, directory), { recursive: true });
  const files = {
    "appspec.yml": "version: 0.0\n",
    "scripts/start.sh": "#!/bin/sh\n",
    "scripts/stop now.sh": "#!/bin/sh\n",
    zero: "",
    "big.bin": "0123456789abcdef".repeat(60_000),
    "grün/naïve.txt": "umlauts",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
  symlinkSync("scripts/start.sh", join(root, "start"));
  symlinkSync("/var/lib/app", join(root, "data"));
  symlinkSync("nowhere", join(root, "dangling"));
  chmodSync(join(root, "scripts/start.sh"), 0o755);
  chmodSync(join(root, "zero"), 0o400);
  chmodSync(join(root, "empty/inner"), 0o700);
  addFeatures(root, features);
  if (isRoot) lchownSync(join(root, "scripts/start.sh"), 4001, 4002);
  if (isRoot) lchownSync(join(root, "data"), 4003, 4004);
  setTimes(Buffer.from(root));
  return root;
}

function addFeatures(root: string, features: TreeFeatures): void {
  const { longNames, lineBreaks, holes, oddModes, hardLinks, bytes } = features;
  if (lineBreaks) writeFileSync(join(root, "line\nbreak"), "x");
  if (longNames) {
    const deep = join(root, "deep", "d".repeat(120));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, "f".repeat(120)), "long names");
    symlinkSync(`${"t".repeat(150)}/${"u".repeat(150)}`, join(root, "long-link"));
  }
  if (holes) addHoles(root);
  if (hardLinks) {
    linkSync(join(root, "appspec.yml"), join(root, "hard.yml"));
    linkSync(join(root, "big.bin"), join(root, "scripts/big.bin"));
  }
  if (bytes) {
    const name = Buffer.from("caf\xe9", "latin1");
    mkdirSync(Buffer.concat([Buffer.from(`${root}/`), name]));
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name, Buffer.from("/"), name]), "café");
    symlinkSync(name, `${root}/to-bytes`);
  }
  if (!oddModes) return;
  chmodSync(join(root, "scripts/stop now.sh"), 0o4711);
  chmodSync(join(root, "scripts"), 0o3775);
  // Only root can remove such a tree again.
  chmodSync(join(root, "empty"), isRoot ? 0o550 : 0o750);
}

function addHoles(root: string): void {
  const holes = openSync(join(root, "holes"), "w");
  for (let piece = 0; piece < 40; piece += 1) writeSync(holes, `piece ${piece}`, piece * 65_536);
  ftruncateSync(holes, 5_000_000);
  closeSync(holes);
  const nothing = openSync(join(root, "only-a-hole"), "w");
  ftruncateSync(nothing, 1_000_000);
  closeSync(nothing);
}

/** From the inside, for a directory's time changes with its content. */
function setTimes(path: Buffer): void {
  const status = lstatSync(path);
  if (status.isDirectory()) for (const name of readdirSync(path, "buffer")) setTimes(below(path, name));
  const time = OLD + (path.length % 5) * 1000 + (path.length % 4) / 4;
  lutimesSync(path, time, time);
}

/** The path of a repository that holds a tree. */
export function commit(tree: string): string {
  const env = { ...process.env, GIT_COMMITTER_DATE: "2020-01-02T03:04:06Z" };
  const git = (...words: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...words], { cwd: tree, env });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", "x", "--no-gpg-sign");
  return tree;
}

/** Which facts of files are compared. */
export interface Facts {
  readonly owners: boolean;
  /** Steps that a format counts time in, in milliseconds. */
  readonly timeStepMs: number;
  readonly linkTimes: boolean;
}

/** Everything below a directory, by the bytes of its path (in Latin-1): kind, mode, owner, links, time and content. */
export function listing(directory: string, facts: Facts): Record<string, string> {
  const found: Record<string, string> = {};
  const firstNames = new Map<number, string>();
  const visit = (path: Buffer, name: string): void => {
    const status = lstatSync(path);
    const kind = status.isDirectory() ? "directory" : status.isSymbolicLink() ? "link" : "file";
    const same = kind === "file" ? (firstNames.get(status.ino) ?? "") : "";
    if (kind === "file" && same === "") firstNames.set(status.ino, name);
    const mode = kind === "link" ? "" : (status.mode & 0o7777).toString(8);
    const owner = facts.owners ? `${status.uid}:${status.gid}` : "";
    const time = kind === "link" && !facts.linkTimes ? "" : timeOf(status.mtimeMs, facts.timeStepMs);
    found[name] = [kind, mode, owner, same, time, contentOf(path, kind)].join(" ");
    if (kind !== "directory") return;
    for (const child of readdirSync(path, "buffer").sort(Buffer.compare)) {
      visit(below(path, child), `${name}/${child.toString("latin1")}`);
    }
  };
  visit(Buffer.from(directory), "");
  const { "": _top, ...rest } = found;
  return rest;
}

/** What an archive has no time for gets that of its unpacking, which is never the same twice. */
function timeOf(mtimeMs: number, stepMs: number): string {
  return mtimeMs > Date.now() - 3_600_000 ? "now" : String(Math.floor(mtimeMs / stepMs));
}

function contentOf(path: Buffer, kind: string): string {
  if (kind === "link") return readlinkSync(path, "buffer").toString("latin1");
  if (kind === "directory") return "";
  const bytes = readFileSync(path);
  return `${bytes.length} ${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}`;
}

function below(path: Buffer, name: Buffer): Buffer {
  return Buffer.concat([path, Buffer.from("/"), name]);
}
