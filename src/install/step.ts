import { DeploymentError } from "../deployment/error.ts";
import { errnoOf } from "../ports/errno.ts";
import { type Doing, stepError } from "./messages.ts";

/** Does one step of an Install; when it fails, the error says which step and on what, hidden names never. */
export async function step<T>(doing: Doing, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DeploymentError) throw error;
    throw stepError(doing, path, error, errnoOf(error));
  }
}
