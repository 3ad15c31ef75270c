import type { DeploymentView } from "../../../sandbox/model/deployment.ts";
import type { HostView } from "../../../sandbox/model/host.ts";
import { count, duration } from "../terminal/quantities.ts";
import type { Style } from "../terminal/style.ts";
import { type Cell, tableLines } from "../terminal/table.ts";
import type { AgentState } from "./agent-process.ts";
import type { FleetHost } from "./fleet-plan.ts";

/** All that the view of a fleet shows. */
export interface FleetPicture {
  readonly name: string;
  readonly url: string;
  readonly members: readonly { readonly host: FleetHost; readonly agent: AgentState }[];
  /** What the sandbox said last. */
  readonly hosts: readonly HostView[];
  /** Newest first. */
  readonly deployments: readonly DeploymentView[];
  /** Since when the sandbox does not answer; milliseconds since the epoch. */
  readonly silentSince?: number;
  /** Whether the fleet is being stopped. */
  readonly stopping: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The longest time between two polls of an agent that has nothing to do. */
const SILENT_AFTER_MS = 45_000;
const HEAD_AND_TAIL = 4;

/** The fleet as a table that fits the terminal. */
export function fleetLines(
  picture: FleetPicture,
  { style, columns, rows }: { readonly style: Style; readonly columns: number; readonly rows: number },
): readonly string[] {
  const { members } = picture;
  const room = Math.max(1, rows - HEAD_AND_TAIL);
  const shown = members.length <= room ? members : members.slice(0, room - 1);
  const table = tableLines(
    [
      ["HOST", "AGENT", "STATE", "LAST DEPLOYMENT"].map((text) => ({ text, paint: style.faint })),
      ...shown.map((member) => memberCells(member, picture, style)),
    ],
    columns,
  );
  return [
    ...headLines(picture, { style, columns }),
    ...table,
    ...(shown.length === members.length ? [] : [`and ${count(members.length - shown.length, "more host")}`]),
    (picture.stopping ? "Stopping; Ctrl-C again gives up what is running." : "Stop with Ctrl-C.").slice(0, columns),
  ];
}

function headLines(
  { name, url, members, silentSince, now }: FleetPicture,
  { style, columns }: { readonly style: Style; readonly columns: number },
): readonly string[] {
  const running = members.filter(({ agent }) => agent.kind === "running").length;
  const head = `Fleet ${name}   ${running} of ${count(members.length, "agent")} running   ${url}`.slice(0, columns);
  if (silentSince === undefined) return [head];
  const silence = `The sandbox has not answered for ${duration(now - silentSince)}; the agents go on trying.`;
  return [head, style.bad(silence.slice(0, columns))];
}

function memberCells(
  { host, agent }: FleetPicture["members"][number],
  picture: FleetPicture,
  style: Style,
): readonly Cell[] {
  const label = host.label === host.name ? host.label : `${host.label} ${host.name}`;
  const processId = agent.kind === "running" ? String(agent.processId) : "-";
  return [label, processId, stateCell({ host, agent }, picture, style), lastCell(host, picture, style)];
}

function stateCell(
  { host, agent }: FleetPicture["members"][number],
  { hosts, deployments, now }: FleetPicture,
  { good, bad, strong }: Style,
): Cell {
  switch (agent.kind) {
    case "stopped":
      return "stopped";
    case "ended":
      return { text: `ended: ${agent.how}, again in ${duration(Math.max(0, agent.restartAt - now))}`, paint: bad };
    case "running": {
      const event = runningEvent(host, deployments);
      if (event !== undefined) return { text: event, paint: strong };
      const lastSeenAt = hosts.find(({ name }) => name === host.name)?.lastSeenAt;
      if (lastSeenAt === undefined) return "starting";
      if (now - lastSeenAt < SILENT_AFTER_MS) return { text: "polling", paint: good };
      return { text: `silent for ${duration(now - lastSeenAt)}`, paint: bad };
    }
  }
}

function runningEvent({ name }: FleetHost, deployments: readonly DeploymentView[]): string | undefined {
  for (const { completedAt, hosts } of deployments) {
    if (completedAt !== undefined) continue;
    const target = hosts.find(({ host }) => host === name);
    const event = target?.events.find(({ status }) => status === "InProgress");
    if (event !== undefined) return event.name;
  }
  return undefined;
}

function lastCell({ name }: FleetHost, { deployments }: FleetPicture, { good, bad, strong }: Style): Cell {
  for (const { deploymentId, hosts } of deployments) {
    const status = hosts.find(({ host }) => host === name)?.status;
    if (status === undefined || status === "Pending" || status === "Skipped") continue;
    const paint = status === "Failed" ? bad : status === "Succeeded" ? good : strong;
    return { text: `${status} ${deploymentId}`, paint };
  }
  return "none";
}
