import { type ChildProcess, spawn } from "node:child_process";
import { FilesNotMade } from "../../ports/file-makers.ts";
import { endingWithAgent, environment } from "../processes/child-command.ts";

/** What ends an archive. */
const END_MARK = Buffer.alloc(1024);
/** Of what a `tar` complains about, the start is enough. */
const LONGEST_COMPLAINT = 2000;

/** A `tar -x` that reads from this process. */
export class TarChild {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #program: string;
  #complaint = "";
  #failure: FilesNotMade | undefined;
  #hasAll = false;

  /**
   * @param program path of a GNU tar
   * @param onFailure called when it has failed, once
   */
  constructor(program: string, parameters: readonly string[], onFailure: (failure: FilesNotMade) => void) {
    this.#program = program;
    const [file, ...command] = endingWithAgent(program, parameters);
    this.#child = spawn(file, command, { stdio: ["pipe", "ignore", "pipe"], env: environment() });
    this.#ended = new Promise((resolve) => {
      const end = (how: string | undefined) => {
        if (how !== undefined && this.#failure === undefined) {
          this.#failure = new FilesNotMade(how);
          onFailure(this.#failure);
        }
        resolve();
      };
      this.#child.on("error", (error) => end(`${program} could not be started: ${error.message}`));
      this.#child.on("close", (code, signal) => end(this.#howItEnded(code, signal)));
    });
    // The end of the child says more than the broken pipe.
    this.#child.stdin?.on("error", () => {});
    this.#child.stderr?.on("data", (text: Buffer) => this.#hear(text.toString("latin1")));
  }

  /** Bytes that it has not taken yet. */
  get waiting(): number {
    return this.#child.stdin?.writableLength ?? 0;
  }

  /** Hands over bytes of the archive; `onTaken` is called when they are not needed any more, unless it fails before. */
  give(bytes: Buffer, onTaken: () => void): void {
    this.#child.stdin?.write(bytes, (error) => {
      if (!error) onTaken();
    });
  }

  /** Resolves when it has made everything. @throws FilesNotMade */
  async finish(): Promise<void> {
    this.#hasAll = true;
    this.#child.stdin?.end(END_MARK);
    await this.#ended;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** It would go on after a file that it could not make, to no purpose; but it says why in pieces. */
  #hear(text: string): void {
    if (this.#complaint.length < LONGEST_COMPLAINT) this.#complaint += text;
    if (text.includes("\n") || this.#complaint.length >= LONGEST_COMPLAINT) this.#child.kill("SIGKILL");
  }

  #howItEnded(code: number | null, signal: string | null): string | undefined {
    const complaint = this.#complaint.trim();
    if (complaint !== "") return complaint;
    if (signal !== null) return `${this.#program} was ended by ${signal}`;
    if (code !== 0) return `${this.#program} ended with exit status ${code}`;
    return this.#hasAll ? undefined : `${this.#program} ended before it had everything`;
  }
}
