import type { NewObject } from "../../ports/file-system.ts";
import type { ThreadJob } from "./thread-job.ts";

type Packed = Pick<Extract<ThreadJob, { task: "make-objects" | "give-attributes" }>, "texts" | "numbers">;

const KINDS: readonly NewObject["kind"][] = ["file", "link"];
/** Kind, wished uid and gid, uid and gid, mode, mode if unowned, mtime. */
const NUMBERS = 8;
/** For modes: absent. Of ids -1 says itself that nothing is to be changed. */
const NONE = -1;

/** Objects as columns: path and origin of each, and its numbers. */
export function packObjects(objects: readonly NewObject[]): Packed {
  const numbers = new Float64Array(objects.length * NUMBERS);
  const texts: string[] = [];
  let at = 0;
  for (const { kind, path, from, wishedOwner, owner, mode = NONE, modeUnowned = mode, mtimeMs } of objects) {
    texts.push(path, from);
    numbers[at] = KINDS.indexOf(kind);
    numbers[at + 1] = wishedOwner.uid;
    numbers[at + 2] = wishedOwner.gid;
    numbers[at + 3] = owner?.uid ?? NONE;
    numbers[at + 4] = owner?.gid ?? NONE;
    numbers[at + 5] = mode;
    numbers[at + 6] = modeUnowned;
    numbers[at + 7] = mtimeMs;
    at += NUMBERS;
  }
  return { texts: texts.join("\0"), numbers };
}

/** The objects again, one at a time, so that a thread makes hardly any garbage. */
export function unpackObjects({ texts, numbers }: Packed): { count: number; object(index: number): NewObject } {
  const parts = texts.split("\0");
  const number = (index: number, offset: number) => numbers[index * NUMBERS + offset] ?? 0;
  return {
    count: parts.length / 2,
    object(index) {
      const [mode, modeUnowned] = [number(index, 5), number(index, 6)];
      return {
        kind: KINDS[number(index, 0)] ?? "file",
        path: parts[2 * index] ?? "",
        from: parts[2 * index + 1] ?? "",
        wishedOwner: { uid: number(index, 1), gid: number(index, 2) },
        owner: { uid: number(index, 3), gid: number(index, 4) },
        ...(mode === NONE ? {} : { mode, modeUnowned }),
        mtimeMs: number(index, 7),
      };
    },
  };
}
