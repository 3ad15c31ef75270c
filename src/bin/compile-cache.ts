import { lstatSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const DIRECTORY = "compile-cache";
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Keeps compiled code for the next start, beside the program, on Node 22 and later. Where there is no directory for it
 * that is safe, the program starts without.
 *
 * @param program URL of a file of the program
 */
export function keepCompiledCode(program: string): void {
  const enable: unknown = Reflect.get(process.getBuiltinModule("node:module"), "enableCompileCache");
  const directory = compileCacheDirectory(dirname(fileURLToPath(program)));
  if (typeof enable === "function" && directory !== undefined) enable(directory);
}

/**
 * The directory for compiled code; undefined when there is none that may be used. Compiled code is believed without a look
 * at its source, so the directory must be in the hands of whoever owns the program: nobody gains anything by writing to it.
 *
 * @param beside directory of the program
 */
export function compileCacheDirectory(beside: string): string | undefined {
  const directory = join(beside, DIRECTORY);
  const cache = lstatSync(directory, { throwIfNoEntry: false });
  const program = lstatSync(beside, { throwIfNoEntry: false });
  if (cache === undefined || program === undefined || !cache.isDirectory()) return undefined;
  return cache.uid === program.uid && (cache.mode & WRITABLE_BY_OTHERS) === 0 ? directory : undefined;
}
