import type { DeploymentStatus } from "../../../sandbox/model/deployment.ts";
import { EXIT } from "../io.ts";

/** Exit status of a command that has shown a deployment to its end. */
export function exitStatusOf(status: DeploymentStatus): number {
  if (status === "Succeeded") return EXIT.done;
  return status === "Stopped" ? EXIT.stopped : EXIT.failed;
}
