import { pastDeployments } from "../../history/read.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { CliError } from "../terminal/io.ts";

/**
 * Id of a deployment group that an operator names by its id or, if this host has seen it, by its name. A group that
 * nobody knows is a new one.
 * @throws CliError when it cannot be a group, or when several groups have the name
 */
export async function groupIdOf(group: string, { layout, fileSystem, daemons }: DaemonContext): Promise<string> {
  if (!/^(?!\.{1,2}$)[A-Za-z0-9._ -]+$/.test(group))
    throw new CliError(`${JSON.stringify(group)} cannot be a deployment group.`);
  if ((await fileSystem.status(layout.group(group))) !== undefined) return group;
  const deployments = await pastDeployments(layout, { fileSystem, isAgent: (pid) => daemons.isDaemon(pid) });
  const ids = new Set(deployments.filter(({ groupName }) => groupName === group).map(({ groupId }) => groupId));
  const [only, ...others] = ids;
  if (others.length > 0) throw new CliError(`Several groups are called ${group}: ${[...ids].join(", ")}. Give the id.`);
  if (only === undefined && /\s/.test(group)) throw new CliError(`This host knows no deployment group ${group}.`);
  return only ?? group;
}
