import type { Layout } from "../deployment/layout.ts";
import type { DeploymentSpecification } from "../deployment/specification.ts";
import type { Clock } from "../ports/clock.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";
import { Capture } from "./capture.ts";
import { LineSplitter } from "./line-splitter.ts";
import { logNotWritten } from "./messages.ts";
import { printable } from "./printable.ts";
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
  /** Makes records of entries. */
  readonly format: (entries: readonly string[], time: number) => string;
}

/**
 * Collects what the scripts of one event write: in the deployment's `scripts.log`, in the log of all deployments and,
 * the newest of it, in memory for the service. A log that cannot be written is reported once and stops nothing.
 */
export class ScriptLog {
  readonly #clock: Clock;
  readonly #files: readonly LogFile[];
  readonly #capture = new Capture();
  readonly #splitters = { stdout: new LineSplitter(), stderr: new LineSplitter() };

  constructor(request: ScriptLogRequest, ports: ScriptLogPorts) {
    this.#clock = ports.clock;
    this.#files = logFiles(request, ports);
    this.#add([`LifecycleEvent - ${printable(request.event)}`]);
  }

  /** Marks the beginning of a script's output. */
  startScript(location: string): void {
    this.#add([`Script - ${printable(location)}`]);
  }

  /** Takes output as it comes. The promise, if there is one, is to be waited for before more is given. */
  output(stream: OutputStream, chunk: Buffer): Promise<void> | undefined {
    return this.#add(this.#splitters[stream].push(chunk).map((line) => `[${stream}]${line}`));
  }

  /** Marks the end of a script's output; resolves when all of it is in the files. */
  async endScript(): Promise<void> {
    for (const stream of ["stdout", "stderr"] as const) {
      const line = this.#splitters[stream].end();
      if (line === undefined) continue;
      this.#write([`[${stream}]${line}`]);
      this.#capture.addUnendedLine(`[${stream}]${line}`);
    }
    await Promise.all(this.#files.map(({ file }) => file.flush()));
  }

  /** The newest output of the event, at most 2048 characters. */
  get capture(): string {
    return this.#capture.text;
  }

  #add(entries: readonly string[]): Promise<void> | undefined {
    if (entries.length === 0) return undefined;
    this.#capture.addLines(entries);
    return this.#write(entries);
  }

  #write(entries: readonly string[]): Promise<void> | undefined {
    const time = this.#clock.now();
    const waits = this.#files.map(({ file, format }) => file.append(format(entries, time)));
    return waits.every((wait) => wait === undefined) ? undefined : Promise.all(waits).then(() => undefined);
  }
}

function logFiles(request: ScriptLogRequest, { fileSystem, log }: ScriptLogPorts): LogFile[] {
  const { specification, layout, programName, deploymentsLog } = request;
  const onFailure = (path: string, error: unknown) => log.warn(logNotWritten(path, error));
  const scriptsLog: LogFile = {
    file: new RotatingFile({ path: layout.deployment(specification).scriptsLog, onFailure }, fileSystem),
    format: (entries, time) => records(entries, `${timestamp(time)} `),
  };
  if (!deploymentsLog) return [scriptsLog];
  const all: LogFile = {
    file: new RotatingFile({ path: layout.deploymentsLog(programName), onFailure }, fileSystem),
    format: (entries, time) =>
      records(
        entries.map((entry) => entry.trim()),
        `[${preciseTimestamp(time)}] [${specification.deploymentId}]`,
      ),
  };
  return [scriptsLog, all];
}

/** Every entry becomes a line of its own. */
function records(entries: readonly string[], prefix: string): string {
  return `${prefix}${entries.join(`\n${prefix}`)}\n`;
}
