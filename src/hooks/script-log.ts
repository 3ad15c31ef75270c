import type { Layout } from "../deployment/layout.ts";
import type { DeploymentSpecification } from "../deployment/specification.ts";
import type { Clock } from "../ports/clock.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";
import { Capture } from "./capture.ts";
import { LineIndex } from "./line-index.ts";
import { LineSplitter } from "./line-splitter.ts";
import { logNotWritten } from "./messages.ts";
import { printable } from "./printable.ts";
import type { RecordForm } from "./record-buffer.ts";
import { RotatingFile } from "./rotating-file.ts";
import { preciseTimestamp, timestamp } from "./timestamp.ts";

export type OutputStream = "stdout" | "stderr";

/** Which deployment's output is logged and where. */
export interface ScriptLogRequest {
  readonly event: string;
  readonly specification: DeploymentSpecification;
  readonly layout: Layout;
  readonly programName: string;
  /** Whether the output also goes to the log of all deployments. */
  readonly deploymentsLog: boolean;
}

export interface ScriptLogPorts {
  readonly fileSystem: FileSystem;
  readonly log: Log;
  readonly clock: Clock;
}

interface LogFile {
  readonly file: RotatingFile;
  /** What makes a record of a line. @param source what the line comes from, in brackets; "" for the agent */
  readonly form: (source: string, time: number) => RecordForm;
}

/**
 * Collects what the scripts of one event write: in the deployment's `scripts.log`, in the log of all deployments and,
 * the newest of it, in memory for the service. A log that cannot be written is reported once and stops nothing.
 */
export class ScriptLog {
  readonly #clock: Clock;
  readonly #files: readonly LogFile[];
  readonly #capture = new Capture();
  readonly #index = new LineIndex();
  readonly #splitters: Readonly<Record<OutputStream, LineSplitter>>;
  /** The files that more must not be given to before their promises resolve. */
  #waits: Promise<void>[] = [];

  constructor(request: ScriptLogRequest, ports: ScriptLogPorts) {
    this.#clock = ports.clock;
    this.#files = logFiles(request, ports);
    this.#splitters = {
      stdout: new LineSplitter((lines) => this.#add(lines, "[stdout]")),
      stderr: new LineSplitter((lines) => this.#add(lines, "[stderr]")),
    };
    this.#add(line(`LifecycleEvent - ${printable(request.event)}`), "");
  }

  /** Marks the beginning of a script's output. */
  startScript(location: string): void {
    this.#add(line(`Script - ${printable(location)}`), "");
  }

  /** Takes output as it comes. The promise, if there is one, is to be waited for before more is given. */
  output(stream: OutputStream, chunk: Buffer): Promise<void> | undefined {
    this.#waits = [];
    this.#splitters[stream].push(chunk);
    return this.#waits.length === 0 ? undefined : Promise.all(this.#waits).then(() => undefined);
  }

  /** Marks the end of a script's output; resolves when all of it is in the files. */
  async endScript(): Promise<void> {
    for (const stream of ["stdout", "stderr"] as const) {
      const unended = this.#splitters[stream].end();
      if (unended === undefined) continue;
      this.#write(unended, `[${stream}]`);
      this.#capture.addUnendedLine(unended, `[${stream}]`);
    }
    await Promise.all(this.#files.map(({ file }) => file.flush()));
  }

  /** The newest output of the event, at most 2048 characters. */
  get capture(): string {
    return this.#capture.text;
  }

  #add(lines: Buffer, source: string): void {
    this.#capture.addLines(lines, source);
    this.#write(lines, source);
  }

  #write(lines: Buffer, source: string): void {
    const time = this.#clock.now();
    const indexed = this.#index.of(lines);
    for (const { file, form } of this.#files) {
      const wait = file.append(indexed, form(source, time));
      if (wait !== undefined) this.#waits.push(wait);
    }
  }
}

function line(text: string): Buffer {
  return Buffer.from(`${text}\n`);
}

function logFiles(request: ScriptLogRequest, { fileSystem, log }: ScriptLogPorts): LogFile[] {
  const { specification, layout, programName, deploymentsLog } = request;
  const onFailure = (path: string, error: unknown) => log.warn(logNotWritten(path, error));
  const scriptsLog: LogFile = {
    file: new RotatingFile({ path: layout.deployment(specification).scriptsLog, onFailure }, fileSystem),
    form: (source, time) => ({ prefix: Buffer.from(`${timestamp(time)} ${source}`), trimmed: false }),
  };
  if (!deploymentsLog) return [scriptsLog];
  const all: LogFile = {
    file: new RotatingFile({ path: layout.deploymentsLog(programName), onFailure }, fileSystem),
    form: (source, time) => ({
      prefix: Buffer.from(`[${preciseTimestamp(time)}] [${specification.deploymentId}]${source}`),
      trimmed: true,
    }),
  };
  return [scriptsLog, all];
}
