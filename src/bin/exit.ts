import { faultText } from "../cli/terminal/fault-text.ts";

/** Whatever keeps the process alive after its program has ended gets this long. */
const LINGER_MS = 2_000;

/**
 * Runs a program to its exit status; an error that nobody expected becomes one line, never a stack trace.
 * @param prefix what such a line begins with
 */
export async function exitWith(program: () => Promise<number>, prefix = "error:"): Promise<void> {
  const printFault = (error: unknown) => void process.stderr.write(`${prefix} ${faultText(error)}\n`);
  // Whoever read the output may be gone; that is no reason to end, least of all for a daemon.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  process.once("uncaughtException", (error) => {
    printFault(error);
    process.exit(1);
  });
  try {
    process.exitCode = await program();
  } catch (error) {
    printFault(error);
    process.exitCode = 1;
  }
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
