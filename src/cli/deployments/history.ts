import { type PastDeployment, pastDeployments } from "../../history/read.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { type DaemonContext, daemonContext } from "../daemon/context.ts";
import { CliError } from "../terminal/io.ts";

/** The deployments of a configuration's root directory. */
export interface History extends DaemonContext {
  /** The newest first. */
  readonly deployments: readonly PastDeployment[];
}

/** Reads the history that a command line means. */
export async function readHistory(given: Given<unknown>, line: CommandLine): Promise<History> {
  const context = await daemonContext(given, line);
  const { fileSystem, daemons, layout } = context;
  const isAgent = (pid: number) => daemons.isDaemon(pid);
  return { ...context, deployments: await pastDeployments(layout, { fileSystem, isAgent }) };
}

/**
 * The deployment an operator names: by its id, by the beginning of one, or as `last`.
 * @throws CliError when there is none, or more than one
 */
export function findDeployment({ deployments, layout }: History, name: string): PastDeployment {
  const [newest] = deployments;
  if (newest === undefined) throw new CliError(`Nothing was deployed here yet: ${layout.root} has no deployments.`);
  if (name === "last") return newest;
  const found = deployments.filter(({ deploymentId }) => deploymentId.startsWith(name));
  const exact = found.find(({ deploymentId }) => deploymentId === name);
  const [first, second] = exact === undefined ? found : [exact];
  if (first === undefined) {
    throw new CliError(
      `${layout.root} has no deployment ${name}. Run codedeploy-agent deployments to see what there is.`,
    );
  }
  if (second !== undefined) {
    throw new CliError(
      `${name} is the beginning of ${found.map(({ deploymentId }) => deploymentId).join(", ")}. Give more of it.`,
    );
  }
  return first;
}
