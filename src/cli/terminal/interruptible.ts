import { CliError, EXIT, type Io } from "./io.ts";

/**
 * Work that Ctrl-C ends. What it has made for the time being is removed by the work itself, which is told by the signal.
 * @throws CliError with the status of an interrupted command
 */
export async function interruptible<T>(
  { interrupted }: Pick<Io, "interrupted">,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = interrupted();
  try {
    return await work(stop);
  } catch (error) {
    if (!stop.aborted) throw error;
    throw new CliError("Interrupted.", { exitStatus: EXIT.interrupted, cause: error });
  }
}
