/** Something that is wrong, or most likely meant otherwise, in an AppSpec file. */
export interface Fault {
  readonly severity: "error" | "warning";
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** Place in the document, as in `hooks.AfterInstall[1].timeout`; "" for the file as a whole. */
  readonly path: string;
  /** A sentence without its full stop: the value, what is wrong with it, what is accepted. */
  readonly message: string;
}

/** Faults in the order of the file, one line each: `appspec.yml:14:14 error hooks.AfterInstall[1].timeout: ...`. */
export function renderFaults(fileName: string, faults: readonly Fault[]): string {
  return inFileOrder(faults)
    .map(({ line, column, severity, path, message }) => {
      const subject = path === "" ? "" : `${path}: `;
      return `${fileName}:${line}:${column} ${severity} ${subject}${message}`;
    })
    .join("\n");
}

/** Where a fault is reported: a position in the text and a path in the document. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly path: string;
}

/** Collects what readers find wrong, so that all of it can be reported together. */
export class FaultCollector {
  readonly #faults: Fault[] = [];

  error(place: Place, message: string): void {
    this.#add("error", place, message);
  }

  warn(place: Place, message: string): void {
    this.#add("warning", place, message);
  }

  get errors(): readonly Fault[] {
    return inFileOrder(this.#faults.filter(({ severity }) => severity === "error"));
  }

  get warnings(): readonly Fault[] {
    return inFileOrder(this.#faults.filter(({ severity }) => severity === "warning"));
  }

  #add(severity: Fault["severity"], { line, column, path }: Place, message: string): void {
    this.#faults.push({ severity, line, column, path, message });
  }
}

function inFileOrder(faults: readonly Fault[]): readonly Fault[] {
  return faults.toSorted((left, right) => left.line - right.line || left.column - right.column);
}
