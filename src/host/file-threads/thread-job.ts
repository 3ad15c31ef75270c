/**
 * What a thread is asked to do. Lists go as parallel columns: texts joined by NUL, which no path and no link holds, and
 * numbers, a fixed count for each item. They are passed on far faster than a list of objects.
 */
export type ThreadJob =
  /** See `packObjects`. */
  | {
      readonly task: "make-objects" | "give-attributes";
      readonly texts: string;
      readonly numbers: Float64Array<ArrayBuffer>;
    }
  /** See `packFiles`. */
  | {
      readonly task: "create-files";
      readonly texts: string;
      readonly numbers: Float64Array<ArrayBuffer>;
      /** The contents, one after another. */
      readonly bytes: Uint8Array<ArrayBuffer>;
      /** Permission bits that the system takes from the mode of a new file. */
      readonly umask: number;
    }
  /** See `packStatuses` for what is answered. */
  | { readonly task: "look-at-paths"; readonly texts: string };

/** What it answers. */
export interface ThreadAnswer {
  /** Absent when all was done. */
  readonly failure?: ThreadFailure;
  readonly numbers?: Float64Array<ArrayBuffer>;
  /** The job's bytes, to be used again: a thread that makes hardly any garbage frees none. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** The fields of an error, since a copied error loses them, and the item of the job that it is about. */
export interface ThreadFailure {
  readonly index: number;
  readonly message: string;
  readonly code?: string;
  readonly path?: string;
}

/** What is handed over rather than copied. */
export function transferable(message: ThreadJob | ThreadAnswer): ArrayBuffer[] {
  return [
    ...("numbers" in message && message.numbers !== undefined ? [message.numbers.buffer] : []),
    ...("bytes" in message && message.bytes !== undefined ? [message.bytes.buffer] : []),
  ];
}

/** Does something with each of `count` items until one fails. */
export function forEachUntilFailure(count: number, work: (index: number) => void): ThreadFailure | undefined {
  let index = 0;
  try {
    for (; index < count; index++) work(index);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return { index, message: `${error}` };
    const { message, code, path }: NodeJS.ErrnoException = error;
    return { index, message, ...(code === undefined ? {} : { code }), ...(path === undefined ? {} : { path }) };
  }
}

/** The error that a failure stands for. @param start index of the job's first item in the whole list */
export function errorOf({ index, ...fields }: ThreadFailure, start: number): Error {
  return Object.assign(new Error(fields.message), fields, { index: start + index });
}
