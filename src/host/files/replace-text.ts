import { existsSync } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname, join } from "node:path";
import { bytesOf, pathOf } from "../../ports/bytes.ts";
import { errnoOf } from "../../ports/errno.ts";
import type { PreparedText } from "../../ports/prepared-text.ts";
import { sync } from "./sync.ts";

/** Name of a temporary file: that of the file it is going to be, the process that writes it, a number. */
const TEMPORARY = /\.(\d+)\.\d+\.tmp$/;
let temporaries = 0;

/** {@link FileSystem.replaceText}. */
export async function replaceText(path: string, text: string | Iterable<string>, mode: number): Promise<void> {
  const prepared = await prepareText(path, text, mode);
  await prepared.putInPlace();
  await sync(dirname(path));
}

/** {@link FileSystem.prepareText}. */
export async function prepareText(path: string, text: string | Iterable<string>, mode: number): Promise<PreparedText> {
  temporaries += 1;
  const temporary = `${path}.${process.pid}.${temporaries}.tmp`;
  const drop = () => fs.rm(pathOf(temporary), { force: true });
  await orElse(drop, fs.writeFile(pathOf(temporary), bytesOfAll(text), { mode, flag: "wx", flush: true }));
  return { putInPlace: () => orElse(drop, fs.rename(pathOf(temporary), pathOf(path))), drop };
}

async function orElse(undo: () => Promise<void>, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    await undo();
    throw error;
  }
}

/** Piece by piece, so that a long text is not there three times. */
function* bytesOfAll(text: string | Iterable<string>): Generator<Buffer> {
  for (const piece of typeof text === "string" ? [text] : text) yield bytesOf(piece);
}

/** Removes the temporary files of processes that were killed before they could; nothing, where there is no directory. */
export async function removeLeftTemporaries(directory: string): Promise<void> {
  for (const name of await namesIn(directory)) {
    const [, pid] = TEMPORARY.exec(name) ?? [];
    if (pid !== undefined && (Number(pid) === process.pid || !existsSync(`/proc/${pid}`))) {
      await fs.rm(join(directory, name), { force: true });
    }
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await fs.readdir(directory);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
