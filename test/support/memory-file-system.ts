import { posix } from "node:path";
import { Readable, Writable } from "node:stream";
import type {
  AttributeChange,
  FileStatus,
  FileSystem,
  NewFile,
  NewObject,
  ProcessIdentity,
} from "../../src/ports/file-system.ts";
import {
  changeOneByOne,
  giveAttributesOneByOne,
  makeDirectoriesOneByOne,
  makeOneByOne,
} from "../../src/ports/make-object.ts";
import type { PreparedText } from "../../src/ports/prepared-text.ts";

interface Attributes {
  readonly inode: number;
  mode: number;
  uid: number;
  gid: number;
  mtimeMs: number;
}
type File = Attributes & { readonly kind: "file"; content: Buffer };
type Directory = Attributes & { readonly kind: "directory"; readonly children: Map<string, Node> };
type Link = Attributes & { readonly kind: "link"; readonly text: string };
type Node = File | Directory | Link;

const MAX_LINKS = 40;
const MAX_NAME_BYTES = 255;

/** A file system in memory: an empty root directory, one device, and as much space as `free` says. */
export function memoryFileSystem({ free = 1e12, identity = OWN }: { free?: number; identity?: ProcessIdentity } = {}) {
  return new MemoryFileSystem(free, identity);
}

const OWN: ProcessIdentity = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, umask: 0o022 };

class MemoryFileSystem implements FileSystem {
  readonly #free: number;
  readonly #identity: ProcessIdentity;
  #inodes = 0;
  readonly #root: Directory;

  constructor(free: number, identity: ProcessIdentity) {
    this.#free = free;
    this.#identity = identity;
    this.#root = { kind: "directory", children: new Map(), ...this.#attributes(0o755) };
  }

  status = async (path: string) => toStatus(this.#find(path));
  statusFollowing = async (path: string) => toStatus(this.#find(this.#follow(path)));
  statuses = async (paths: readonly string[]) => paths.map((path) => toStatus(this.#find(path)));
  entries = async (directory: string) =>
    [...this.#directory(directory).children].map(([name, { kind }]) => ({ name, kind }));
  makeNewDirectories = (paths: readonly string[]) =>
    makeDirectoriesOneByOne(paths, { makeDirectory: (path, mode) => this.makeDirectory(path, mode) });
  changeAttributes = (changes: readonly AttributeChange[]) => changeOneByOne(changes, this);
  makeObjects = (objects: readonly NewObject[]) => makeOneByOne(objects, this);
  giveAttributes = (objects: readonly NewObject[]) => giveAttributesOneByOne(objects, this);
  tree = async () => undefined;
  copyEntries = async () => false;
  list = async (directory: string) => [...this.#directory(directory).children.keys()];
  readText = async (path: string) => this.#file(path).content.toString("utf8");
  identity = () => this.#identity;
  space = async () => ({ free: this.#free, total: 1e13 });
  isWritable = async (directory: string) => this.#find(this.#follow(directory))?.kind === "directory";

  async realPath(path: string): Promise<string> {
    const real = this.#follow(path);
    this.#existing(real);
    return real;
  }

  async writeText(path: string, text: string, mode: number): Promise<void> {
    const target = this.#follow(path);
    const found = this.#find(target);
    if (found !== undefined) this.#file(target).content = Buffer.from(text);
    else this.#add(target, { kind: "file", content: Buffer.from(text), ...this.#attributes(mode) });
  }

  async appendText(path: string, text: string | Uint8Array, mode: number): Promise<void> {
    const before = this.#find(this.#follow(path)) === undefined ? "" : this.#file(path).content.toString("utf8");
    const added = typeof text === "string" ? text : Buffer.from(text).toString("utf8");
    await this.writeText(path, before + added, mode);
  }

  async replaceText(path: string, text: string | Iterable<string>, mode: number): Promise<void> {
    this.#parentOf(path).children.delete(posix.basename(path));
    await this.writeText(path, [...text].join(""), mode);
  }

  async prepareText(path: string, text: string | Iterable<string>, mode: number): Promise<PreparedText> {
    this.#parentOf(path);
    return { putInPlace: () => this.replaceText(path, text, mode), drop: async () => {} };
  }

  readStream(path: string, range: { start: number; end: number } = { start: 0, end: Number.POSITIVE_INFINITY }) {
    return Readable.from([this.#file(path).content.subarray(range.start, range.end + 1)]);
  }

  writeStream(path: string, { mode, exclusive }: { mode: number; exclusive: boolean }): Writable {
    const chunks: Buffer[] = [];
    return new Writable({
      construct: (done) => done(exclusive && this.#find(path) !== undefined ? errorOf("EEXIST", path) : null),
      write: (chunk: Buffer, _encoding, done) => done(void chunks.push(chunk)),
      final: (done) => void this.writeText(path, Buffer.concat(chunks).toString("utf8"), mode).then(() => done(), done),
    });
  }

  async createFiles(files: readonly NewFile[]): Promise<void> {
    for (const { path, content, mode, mtimeMs = Date.now(), uid = -1, gid = -1 } of files) {
      this.#add(path, { kind: "file", content: Buffer.from(content), ...this.#attributes(mode), mode, mtimeMs });
      await this.changeOwner(path, uid, gid);
    }
  }

  async copyFile(source: string, destination: string): Promise<void> {
    const { content, mode, mtimeMs } = this.#file(source);
    this.#add(destination, { kind: "file", content: Buffer.from(content), ...this.#attributes(mode), mode, mtimeMs });
  }

  async readLink(path: string): Promise<string> {
    const found = this.#existing(path);
    if (found.kind !== "link") throw errorOf("EINVAL", path);
    return found.text;
  }

  async symbolicLink(text: string, path: string): Promise<void> {
    this.#add(path, { kind: "link", text, ...this.#attributes(0o777), mode: 0o777 });
  }

  async hardLink(existing: string, path: string): Promise<void> {
    const found = this.#existing(existing);
    if (found.kind === "directory") throw errorOf("EPERM", existing);
    this.#add(path, found);
  }

  async makeDirectory(path: string, mode: number): Promise<void> {
    this.#add(path, { kind: "directory", children: new Map(), ...this.#attributes(mode) });
  }

  async makeDirectories(path: string, mode: number): Promise<void> {
    if ((await this.statusFollowing(path))?.kind === "directory") return;
    if (path !== "/") await this.makeDirectories(posix.dirname(path), mode);
    await this.makeDirectory(path, mode);
  }

  async rename(from: string, to: string): Promise<void> {
    const moved = this.#existing(from);
    const replaced = this.#find(to);
    if (replaced === moved) return;
    if (moved.kind === "directory" && replaced !== undefined && replaced.kind !== "directory")
      throw errorOf("ENOTDIR", to);
    if (moved.kind !== "directory" && replaced?.kind === "directory") throw errorOf("EISDIR", to);
    if (replaced?.kind === "directory" && replaced.children.size > 0) throw errorOf("ENOTEMPTY", to);
    this.#parentOf(to);
    this.#remove(from);
    if (replaced !== undefined) this.#remove(to);
    this.#add(to, moved);
  }

  async removeFile(path: string): Promise<void> {
    if (this.#existing(path).kind === "directory") throw errorOf("EISDIR", path);
    this.#remove(path);
  }

  async removeDirectory(path: string): Promise<void> {
    const found = this.#existing(path);
    if (found.kind !== "directory") throw errorOf("ENOTDIR", path);
    if (found.children.size > 0) throw errorOf("ENOTEMPTY", path);
    this.#remove(path);
  }

  async removeTree(path: string): Promise<void> {
    if (this.#find(path) !== undefined) this.#remove(path);
  }

  async changeMode(path: string, mode: number): Promise<void> {
    this.#existing(this.#follow(path)).mode = mode;
  }

  async changeOwner(path: string, uid: number, gid: number): Promise<void> {
    const found = this.#existing(path);
    if (uid !== -1) found.uid = uid;
    if (gid !== -1) found.gid = gid;
  }

  async changeTime(path: string, mtimeMs: number): Promise<void> {
    this.#existing(path).mtimeMs = mtimeMs;
  }

  async sync(path: string): Promise<void> {
    this.#existing(path);
  }

  async syncFileSystem(path: string): Promise<void> {
    this.#existing(path);
  }

  async isExecutable(path: string): Promise<boolean> {
    return ((this.#find(this.#follow(path))?.mode ?? 0) & 0o111) !== 0;
  }

  #attributes(mode: number): Attributes {
    this.#inodes += 1;
    const { uid, gid, umask } = this.#identity;
    return { inode: this.#inodes, mode: mode & ~umask, uid, gid, mtimeMs: Date.now() };
  }

  /** The path without links, whether or not something is there. */
  #follow(path: string, links = 0): string {
    if (links > MAX_LINKS) throw errorOf("ELOOP", path);
    if (path === "/") return path;
    const here = posix.join(this.#follow(posix.dirname(path), links), posix.basename(path));
    const found = this.#lookUp(here);
    return found?.kind === "link" ? this.#follow(posix.resolve(posix.dirname(here), found.text), links + 1) : here;
  }

  /** @param path without links above its end */
  #lookUp(path: string): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const name of path.split("/").filter((part) => part !== "")) {
      node = node?.kind === "directory" ? node.children.get(name) : undefined;
    }
    return node;
  }

  #find(path: string): Node | undefined {
    return path === "/"
      ? this.#root
      : this.#lookUp(posix.join(this.#follow(posix.dirname(path)), posix.basename(path)));
  }

  #existing(path: string): Node {
    const found = this.#find(path);
    if (found === undefined) throw errorOf("ENOENT", path);
    return found;
  }

  #file(path: string): File {
    const found = this.#existing(this.#follow(path));
    if (found.kind !== "file") throw errorOf("EISDIR", path);
    return found;
  }

  #directory(path: string): Directory {
    const found = this.#existing(this.#follow(path));
    if (found.kind !== "directory") throw errorOf("ENOTDIR", path);
    return found;
  }

  #parentOf(path: string): Directory {
    return this.#directory(posix.dirname(path));
  }

  #add(path: string, node: Node): void {
    const parent = this.#parentOf(path);
    const name = posix.basename(path);
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw errorOf("ENAMETOOLONG", path);
    if (parent.children.has(name)) throw errorOf("EEXIST", path);
    parent.children.set(name, node);
    parent.mtimeMs = Date.now();
  }

  #remove(path: string): void {
    const parent = this.#parentOf(path);
    parent.children.delete(posix.basename(path));
    parent.mtimeMs = Date.now();
  }
}

function toStatus(node: Node | undefined): FileStatus | undefined {
  if (node === undefined) return undefined;
  const { kind, mode, uid, gid, mtimeMs, inode } = node;
  const size = kind === "file" ? node.content.length : 0;
  return { kind, mode, uid, gid, mtimeMs, inode, size, device: 1 };
}

function errorOf(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/** Writes a tree of files; directories are made as needed. A text beginning with `-> ` makes a symbolic link. */
export async function writeTree(fileSystem: FileSystem, root: string, tree: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(tree)) {
    const path = posix.join(root, name);
    await fileSystem.makeDirectories(posix.dirname(path), 0o755);
    if (name.endsWith("/")) await fileSystem.makeDirectories(path, 0o755);
    else if (text.startsWith("-> ")) await fileSystem.symbolicLink(text.slice(3), path);
    else await fileSystem.writeText(path, text, 0o644);
  }
}
