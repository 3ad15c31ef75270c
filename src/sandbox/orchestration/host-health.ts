import type { TargetView } from "../model/deployment.ts";
import type { DeploymentState } from "./deployment-state.ts";

/** What a group remembers of a host between deployments. */
export interface HostHealth {
  /** How the last deployment that attempted the host ended there. */
  readonly instance: "Healthy" | "Unhealthy";
  /** What the host has: the group's last successful revision, an older one, or nobody knows. */
  readonly revision: "Current" | "Old" | "Unknown";
  /** Key of the revision that the last successful deployment there installed. */
  readonly installed?: string;
}

export type FleetHealth = Readonly<Record<string, HostHealth>>;

/** A host that no deployment has reached yet. */
const NEW_HOST: HostHealth = { instance: "Unhealthy", revision: "Unknown" };
const REVISION_ORDER = { Unknown: 1, Old: 2, Current: 3 } as const;

/** Hosts in the order in which a deployment takes them: unhealthy, unknown, old, current; by name within a class. */
export function inDeploymentOrder(hosts: readonly string[], health: FleetHealth): readonly string[] {
  return [...new Set(hosts)].sort((a, b) => rank(health[a]) - rank(health[b]) || compare(a, b));
}

/** The health of a group's hosts after a deployment has ended. @param revision key of what was deployed */
export function healthAfter(before: FleetHealth, { status, targets }: DeploymentState, revision: string): FleetHealth {
  const succeeded = status === "Succeeded";
  const after: Record<string, HostHealth> = succeeded ? revalued(before, revision) : { ...before };
  for (const target of targets) {
    if (target.label === "Blue") continue;
    const known = before[target.host] ?? NEW_HOST;
    const health = succeeded ? afterSuccess(target, known) : afterFailure(target, known);
    if (health !== known)
      after[target.host] = target.status === "Succeeded" ? { ...health, installed: revision } : health;
  }
  return after;
}

function afterSuccess({ status }: TargetView, { revision, ...known }: HostHealth): HostHealth {
  if (status === "Succeeded") return { ...known, instance: "Healthy", revision: "Current" };
  return { ...known, instance: "Unhealthy", revision: revision === "Current" ? "Unknown" : revision };
}

function afterFailure({ status }: TargetView, known: HostHealth): HostHealth {
  if (status === "Succeeded") return { ...known, instance: "Healthy" };
  return status === "Failed" ? { ...known, instance: "Unhealthy" } : known;
}

/** Hosts that a successful deployment did not reach: what they have is old from then on, or current once more. */
function revalued(before: FleetHealth, revision: string): Record<string, HostHealth> {
  const entries = Object.entries(before).map(([host, health]) => [host, revaluedHost(health, revision)] as const);
  return Object.fromEntries(entries);
}

function revaluedHost(health: HostHealth, revision: string): HostHealth {
  if (health.revision === "Unknown") return health;
  const now = health.installed === revision ? "Current" : "Old";
  return now === health.revision ? health : { ...health, revision: now };
}

function rank(health: HostHealth = NEW_HOST): number {
  return health.instance === "Unhealthy" ? 0 : REVISION_ORDER[health.revision];
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
