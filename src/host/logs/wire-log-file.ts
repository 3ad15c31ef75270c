import { join } from "node:path";
import { errnoOf } from "../../ports/errno.ts";
import type { Log } from "../../ports/log.ts";
import { SizedLogFile } from "./sized-log-file.ts";

/** As much as AWS's agent keeps. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_FILES = 16;

/** Where the wire log lies. */
export interface WireLogOptions {
  readonly directory: string;
  readonly programName: string;
  readonly log: Log;
}

/** Writes lines to `<programName>.aws_wire.log`; a file that cannot be written is said once and ends nothing. */
export function wireLogFile({ directory, programName, log }: WireLogOptions): (line: string) => void {
  const path = join(directory, `${programName}.aws_wire.log`);
  const file = new SizedLogFile({ path, maxBytes: MAX_BYTES, maxFiles: MAX_FILES });
  let isFailing = false;
  return (line) => {
    try {
      file.append(line);
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn(`The wire log ${path} cannot be written (${errnoOf(error) ?? error}).`);
      isFailing = true;
    }
  };
}
