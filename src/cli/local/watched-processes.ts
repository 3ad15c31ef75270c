import { StringDecoder } from "node:string_decoder";
import type { Processes, ProcessRequest } from "../../ports/processes.ts";

/** Takes the lines that scripts write. */
export type LineListener = (stream: "stdout" | "stderr", line: string) => void;

/** The same processes, with somebody who listens to what they write. */
export function watchedProcesses(processes: Processes, listener: LineListener): Processes {
  return {
    run(request) {
      const lines = { stdout: new LineCutter(), stderr: new LineCutter() };
      const watched: ProcessRequest = {
        ...request,
        onOutput(stream, chunk) {
          for (const line of lines[stream].cut(chunk)) listener(stream, line);
          return request.onOutput(stream, chunk);
        },
      };
      return processes.run(watched).finally(() => {
        for (const stream of ["stdout", "stderr"] as const) {
          const rest = lines[stream].rest();
          if (rest !== "") listener(stream, rest);
        }
      });
    },
  };
}

const LONGEST_LINE = 4096;

/** Cuts what comes in pieces into lines. */
class LineCutter {
  readonly #decoder = new StringDecoder("utf8");
  #begun = "";

  cut(chunk: Buffer): readonly string[] {
    const parts = (this.#begun + this.#decoder.write(chunk)).split("\n");
    this.#begun = parts.pop() ?? "";
    if (this.#begun.length > LONGEST_LINE) {
      parts.push(this.#begun);
      this.#begun = "";
    }
    return parts;
  }

  rest(): string {
    return this.#begun + this.#decoder.end();
  }
}
