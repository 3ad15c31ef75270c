import type { DeploymentState } from "./deployment-state.ts";

/** What a group remembers of a host between deployments. */
export interface HostHealth {
  /** How the last deployment that attempted the host ended there. */
  readonly instance: "Healthy" | "Unhealthy";
  /** What the host has: the group's last successful revision, an older one, or nobody knows. */
  readonly revision: "Current" | "Old" | "Unknown";
}

export type FleetHealth = Readonly<Record<string, HostHealth>>;

/** A host that no deployment has reached yet. */
const NEW_HOST: HostHealth = { instance: "Unhealthy", revision: "Unknown" };
const REVISION_ORDER = { Unknown: 1, Old: 2, Current: 3 } as const;

/** Hosts in the order in which a deployment takes them: unhealthy, unknown, old, current; by name within a class. */
export function inDeploymentOrder(hosts: readonly string[], health: FleetHealth): readonly string[] {
  return [...new Set(hosts)].sort((a, b) => rank(health[a]) - rank(health[b]) || compare(a, b));
}

/** The health of a group's hosts after a deployment has ended. */
export function healthAfter(before: FleetHealth, { status, targets }: DeploymentState): FleetHealth {
  const after: Record<string, HostHealth> = { ...before };
  for (const target of targets) {
    const known = before[target.host] ?? NEW_HOST;
    const succeeded = target.status === "Succeeded";
    const attempted = succeeded || target.status === "Failed";
    if (status === "Succeeded") {
      after[target.host] = { instance: succeeded ? "Healthy" : "Unhealthy", revision: newRevision(known, succeeded) };
    } else if (attempted) {
      after[target.host] = { ...known, instance: succeeded ? "Healthy" : "Unhealthy" };
    }
  }
  return after;
}

function newRevision({ revision }: HostHealth, succeeded: boolean): HostHealth["revision"] {
  if (succeeded) return "Current";
  return revision === "Current" ? "Unknown" : revision;
}

function rank(health: HostHealth = NEW_HOST): number {
  return health.instance === "Unhealthy" ? 0 : REVISION_ORDER[health.revision];
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
