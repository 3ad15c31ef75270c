import type { DeploymentView } from "../../../sandbox/model/deployment.ts";
import type { HostView } from "../../../sandbox/model/host.ts";
import type { GroupView } from "../../../sandbox/model/resources.ts";
import { type EndpointOptions, findSandbox } from "../endpoint.ts";
import { EXIT, type SandboxIo } from "../io.ts";
import { printable } from "../terminal/printable.ts";
import { count, duration } from "../terminal/quantities.ts";
import { type Style, styleFor } from "../terminal/style.ts";

export interface StatusOptions extends EndpointOptions {
  readonly json: boolean;
}

const SHOWN_DEPLOYMENTS = 10;

/** Shows hosts, groups and the newest deployments. */
export async function status(options: StatusOptions, io: SandboxIo): Promise<number> {
  const client = await findSandbox(options, io.environment);
  const [sandbox, hosts, groups, deployments] = await Promise.all([
    client.describe(),
    client.hosts(),
    client.groups(),
    client.deployments(),
  ]);
  if (options.json) {
    io.stdout.write(`${JSON.stringify({ url: client.url, sandbox, hosts, groups, deployments })}\n`);
    return EXIT.done;
  }
  const now = Date.now();
  const style = styleFor(io);
  const lines = [
    `Sandbox   ${client.url}   process ${sandbox.processId}, state in ${sandbox.dataDirectory}`,
    ...section("Hosts", hosts, (host) => hostCells(host, now)),
    ...section("Groups", groups, groupCells),
    ...section("Deployments", deployments.slice(0, SHOWN_DEPLOYMENTS), (view) => deploymentCells(view, now, style)),
    ...(deployments.length > SHOWN_DEPLOYMENTS ? [`  and ${deployments.length - SHOWN_DEPLOYMENTS} older ones`] : []),
  ];
  io.stdout.write(`${lines.join("\n")}\n`);
  return EXIT.done;
}

function hostCells({ name, lastSeenAt, agentVersion }: HostView, now: number): readonly string[] {
  if (lastSeenAt === undefined) return [name, "no agent has polled yet"];
  const agent = agentVersion === undefined ? "" : `agent ${printable(agentVersion)}`;
  return [name, `last poll ${duration(Math.max(0, now - lastSeenAt))} ago`, agent];
}

function groupCells({ application, group, hosts, groupId }: GroupView): readonly string[] {
  return [`${application}/${group}`, count(hosts.length, "host"), groupId];
}

function deploymentCells(view: DeploymentView, now: number, style: Style): readonly string[] {
  const { deploymentId, application, group, completedAt, createdAt, hosts } = view;
  const done = hosts.filter((host) => host.status === "Succeeded").length;
  return [
    deploymentId,
    `${application}/${group}`,
    painted(view.status, style),
    `${done} of ${count(hosts.length, "host")}`,
    duration((completedAt ?? now) - createdAt),
  ];
}

function painted(status: DeploymentView["status"], style: Style): string {
  const text = status.padEnd("InProgress".length);
  if (status === "Succeeded") return style.good(text);
  return status === "Failed" || status === "Stopped" ? style.bad(text) : style.strong(text);
}

function section<Row>(title: string, rows: readonly Row[], cells: (row: Row) => readonly string[]): readonly string[] {
  if (rows.length === 0) return ["", title, "  none"];
  const table = rows.map(cells);
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  return [
    "",
    title,
    ...table.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   ")}`.trimEnd()),
  ];
}
