import { availableParallelism } from "node:os";
import type { FileMaking, FilesNotMade } from "../../ports/file-makers.ts";
import type { NewFile } from "../../ports/file-system.ts";
import { TarChild } from "./tar-child.ts";
import { fitsTar, TarWriter } from "./tar-writer.ts";

/** They wait for the disk and for locks of the kernel, too; more than these do not help. */
const MAX_CHILDREN = Math.max(1, Math.min(2, availableParallelism()));
/** What a child is given at a time, at least. */
const ENOUGH_BYTES = 256 * 1024;
/** There is always room for one more file of 128 KiB with a long name. */
const BUFFER_BYTES = ENOUGH_BYTES + 144 * 1024;
/** One is filled while each child empties one and has the next one ready. */
const BUFFERS = 2 * MAX_CHILDREN + 1;
const PARAMETERS = [
  "--extract",
  "--file=-",
  // Whoever finds something in the place of a file fails.
  "--keep-old-files",
  "--preserve-permissions",
  "--numeric-owner",
  "--warning=no-timestamp",
  "--blocking-factor=128",
];

/** Files being made by some `tar` programs. */
export class TarChildren implements FileMaking {
  readonly #program: string;
  readonly #root: string;
  readonly #writer: TarWriter;
  readonly #children: TarChild[] = [];
  readonly #free: Buffer[] = [];
  #buffers = 0;
  #current: Buffer | undefined;
  #used = 0;
  #withOwners = false;
  #failure: FilesNotMade | undefined;
  #waiting: (() => void)[] = [];

  /** @param program path of a GNU tar */
  constructor(program: string, root: string) {
    this.#program = program;
    this.#root = root;
    this.#writer = new TarWriter(root, { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 });
  }

  get isFull(): boolean {
    return this.#failure !== undefined || (this.#current === undefined && !this.#takeBuffer());
  }

  /** Files that belong to others need a `tar` that gives all files away, which takes a call more for each. */
  take(file: NewFile): boolean {
    if (this.#children.length === 0) this.#startAll(hasOwner(file));
    if (!fitsTar(file) || (hasOwner(file) && !this.#withOwners)) return false;
    if (this.isFull || this.#current === undefined) return false;
    if (this.#used + TarWriter.roomFor(file) > BUFFER_BYTES) return false;
    this.#used = this.#writer.put(this.#current, this.#used, file);
    if (this.#used >= ENOUGH_BYTES) this.#giveCurrent();
    return true;
  }

  async room(): Promise<void> {
    if (this.isFull && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async finish(): Promise<void> {
    this.#giveCurrent();
    const ends = await Promise.allSettled(this.#children.map((child) => child.finish()));
    if (this.#failure !== undefined) throw this.#failure;
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop()));
  }

  #startAll(withOwners: boolean): void {
    this.#withOwners = withOwners;
    const owners = withOwners ? "--same-owner" : "--no-same-owner";
    const parameters = [...PARAMETERS, owners, `--directory=${this.#root}`];
    const onFailure = (failure: FilesNotMade) => {
      this.#failure ??= failure;
      this.#wake();
    };
    while (this.#children.length < MAX_CHILDREN) {
      this.#children.push(new TarChild(this.#program, parameters, onFailure));
    }
  }

  /** @returns whether there is one to be filled now */
  #takeBuffer(): boolean {
    this.#current = this.#free.pop();
    if (this.#current === undefined && this.#buffers < BUFFERS) {
      this.#buffers += 1;
      this.#current = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    }
    this.#used = 0;
    return this.#current !== undefined;
  }

  #giveCurrent(): void {
    const buffer = this.#current;
    if (buffer === undefined) return;
    this.#current = undefined;
    const [child] = [...this.#children].sort((one, other) => one.waiting - other.waiting);
    child?.give(buffer.subarray(0, this.#used), () => {
      this.#free.push(buffer);
      this.#wake();
    });
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

function hasOwner({ uid = -1, gid = -1 }: NewFile): boolean {
  return uid !== -1 || gid !== -1;
}
