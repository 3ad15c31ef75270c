import type { PlannedHost } from "../orchestration/deployment-state.ts";
import { inDeploymentOrder } from "../orchestration/host-health.ts";
import { blueGreenEvents, inPlaceEvents, trafficReturnEvents } from "../orchestration/lifecycle.ts";
import { isSelected, type TagFilter, type TagSelector } from "../orchestration/selection.ts";
import type { Label } from "../orchestration/stages.ts";
import type { GroupRow } from "../store/rows.ts";
import type { SandboxStore } from "../store/store.ts";
import { type DeploymentOrder, revisionKey } from "./order.ts";

type FleetStore = Pick<SandboxStore, "hosts" | "instances">;

/** Names of the hosts that a group is about: those it names, and those its tags select. */
export function hostsOfGroup({ hosts, settings }: GroupRow, store: FleetStore): readonly string[] {
  const ec2 = selector(settings.ec2TagFilters, settings.ec2TagSet?.ec2TagSetList);
  const onPremises = selector(settings.onPremisesInstanceTagFilters, settings.onPremisesTagSet?.onPremisesTagSetList);
  return [...new Set([...hosts, ...ec2Hosts(store, ec2), ...onPremisesHosts(store, onPremises)])];
}

/** Names of the EC2 hosts that a selector means. */
export function ec2Hosts({ hosts }: FleetStore, selector: TagSelector): readonly string[] {
  return [...hosts.all()]
    .filter(({ name, terminatedAt }) => name.startsWith("i-") && terminatedAt === undefined)
    .filter(({ tags }) => isSelected(tags ?? [], selector))
    .map(({ name }) => name);
}

/** The hosts of a deployment in the order in which they are taken, with their events. */
export function plannedHosts(order: DeploymentOrder, group: GroupRow, store: FleetStore): readonly PlannedHost[] {
  if (order.trafficReturn !== undefined) {
    const { allow, block } = order.trafficReturn;
    return [
      ...planned("Blue", allow, trafficReturnEvents("Blue")),
      ...planned("Green", block, trafficReturnEvents("Green")),
    ];
  }
  const members = order.onlyHosts ?? hostsOfGroup(group, store);
  if (order.blueGreen !== undefined) {
    const green = ec2Hosts(store, order.blueGreen.replacements);
    return [
      ...planned("Green", green, blueGreenEvents("Green")),
      ...planned(
        "Blue",
        members.filter((host) => !green.includes(host)),
        blueGreenEvents("Blue"),
      ),
    ];
  }
  const wanted = revisionKey(order.revision);
  const outdated = (host: string) => group.health[host]?.installed !== wanted;
  const hosts = order.updateOutdatedInstancesOnly ? members.filter(outdated) : members;
  const events = order.agent.lifecycleEvents ?? inPlaceEvents(order.withLoadBalancer);
  return inDeploymentOrder(hosts, group.health).map((host) => ({ host, events }));
}

function onPremisesHosts({ instances }: FleetStore, wanted: TagSelector): readonly string[] {
  return [...instances.all()]
    .filter(({ deregisteredAt, tags }) => deregisteredAt === undefined && isSelected(tags, wanted))
    .map(({ instanceName }) => instanceName);
}

function selector(
  filters: readonly TagFilter[] | undefined,
  sets: readonly (readonly TagFilter[])[] | undefined,
): TagSelector {
  return { filters: filters ?? [], sets: sets ?? [] };
}

function planned(label: Label, hosts: readonly string[], events: readonly string[]): readonly PlannedHost[] {
  return hosts.toSorted().map((host) => ({ host, label, events }));
}
