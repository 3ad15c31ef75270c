import { posix } from "node:path";
import { containedPath } from "../bundle/safe-path.ts";
import type { FileMapping } from "./appspec.ts";
import { isAbsent, placeOf, type Reader, readFields, readText } from "./fields.ts";
import { MESSAGES } from "./messages.ts";

/** Keys of an item of `files`. */
export const FILE_KEYS = { source: readText, destination: readText };

/** One item of `files`. */
export const readFileMapping: Reader<FileMapping> = (value, faults) => {
  const fields = readFields(value, FILE_KEYS, faults);
  if (fields === undefined) return undefined;
  const { source, destination } = fields;
  if (isAbsent(value, "source")) faults.error(value.place, MESSAGES.sourceMissing(destination));
  if (isAbsent(value, "destination")) faults.error(value.place, MESSAGES.destinationMissing(source));
  if (source === undefined || destination === undefined) return undefined;

  const contained = containedPath("/", source);
  if (contained.kind === "refused") {
    faults.error(placeOf(value, "source"), MESSAGES.sourceRefused(source, destination, contained.reason));
  }
  if (!destination.startsWith("/")) {
    faults.error(placeOf(value, "destination"), MESSAGES.destinationNotAbsolute(source, destination));
  }
  if (contained.kind === "refused" || !destination.startsWith("/")) return undefined;
  return { source: contained.components.join("/"), destination: absolutePath(destination) };
};

/** An absolute path without `.`, `..`, doubled or trailing slashes. */
export function absolutePath(path: string): string {
  return posix.resolve("/", path);
}
