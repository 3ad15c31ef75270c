import type { DeploymentView, EventView, HostStatus, TargetView } from "../../../sandbox/model/deployment.ts";
import { printable } from "../terminal/printable.ts";
import { count, duration } from "../terminal/quantities.ts";
import type { Style } from "../terminal/style.ts";
import { type Cell, tableLines } from "../terminal/table.ts";

export interface WatchViewOptions {
  readonly style: Style;
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const BAR_WIDTH = 20;
const HEAD_LINES = 3;
/** What is going on comes first, when there are more hosts than lines. */
const RANK: Readonly<Record<HostStatus, number>> = {
  InProgress: 0,
  Failed: 1,
  Pending: 2,
  Ready: 3,
  Succeeded: 4,
  Skipped: 5,
};
const WORDS: Readonly<Record<HostStatus, string>> = {
  InProgress: "running",
  Failed: "FAILED",
  Pending: "waiting",
  Ready: "ready",
  Succeeded: "ok",
  Skipped: "skipped",
};

/** A deployment over many hosts as a table that fits the terminal. */
export function watchLines(deployment: DeploymentView, options: WatchViewOptions): readonly string[] {
  const { columns, rows, style, now } = options;
  const room = Math.max(1, rows - HEAD_LINES);
  const hosts = deployment.hosts;
  const fits = hosts.length <= room;
  const ranked = fits ? hosts : hosts.toSorted((one, other) => RANK[one.status] - RANK[other.status]);
  const shown = fits ? hosts : ranked.slice(0, room - 1);
  return [
    progress(deployment, now).slice(0, columns),
    ...tableLines(
      shown.map((target) => cells(target, now, style)),
      columns,
    ),
    ...(fits ? [] : [`and ${remainder(ranked.slice(room - 1))}`.slice(0, columns)]),
  ];
}

/** `[#####-----] 2 of 5 done   1 FAILED   6.1 a minute   about 12 s left` */
function progress({ hosts, createdAt, startedAt = createdAt, completedAt }: DeploymentView, now: number): string {
  const done = hosts.filter(({ status }) => isOver(status)).length;
  const failed = hosts.filter(({ status }) => status === "Failed").length;
  const full = Math.round((BAR_WIDTH * done) / Math.max(1, hosts.length));
  const bar = `[${"#".repeat(full)}${"-".repeat(BAR_WIDTH - full)}]`;
  const elapsed = Math.max(1, (completedAt ?? now) - startedAt);
  const parts = [`${bar} ${done} of ${hosts.length} done`];
  if (failed > 0) parts.push(`${failed} FAILED`);
  if (done > 0) parts.push(`${((done / elapsed) * 60_000).toFixed(1)} a minute`);
  if (done > 0 && completedAt === undefined) {
    parts.push(`about ${duration((elapsed / done) * (hosts.length - done))} left`);
  }
  return parts.join("   ");
}

function cells(target: TargetView, now: number, style: Style): readonly Cell[] {
  return [
    target.label === undefined ? target.host : `${target.host} ${target.label}`,
    word(target, style),
    fact(target, now),
  ];
}

function word({ status }: TargetView, { good, bad, strong, faint }: Style): Cell {
  const paints = {
    Succeeded: good,
    Ready: good,
    Failed: bad,
    InProgress: strong,
    Pending: faint,
    Skipped: faint,
  } as const satisfies Readonly<Record<HostStatus, Style["good"]>>;
  return { text: WORDS[status], paint: paints[status] };
}

function fact({ status, events, startedAt, updatedAt }: TargetView, now: number): string {
  switch (status) {
    case "InProgress": {
      const event = events.find((one) => one.status === "InProgress") ?? events.find((one) => one.status === "Pending");
      return event === undefined ? "" : running(event, now);
    }
    case "Failed": {
      const event = events.find((one) => one.status === "Failed");
      return event === undefined ? "" : `${event.name}: ${firstLine(event)}`;
    }
    case "Succeeded":
    case "Ready":
      return startedAt === undefined || updatedAt === undefined ? "" : duration(updatedAt - startedAt);
    case "Pending":
    case "Skipped":
      return "";
  }
}

function running({ name, startedAt }: EventView, now: number): string {
  return startedAt === undefined ? `${name}, not taken yet` : `${name} ${duration(Math.max(0, now - startedAt))}`;
}

function firstLine({ diagnostics }: EventView): string {
  return printable(diagnostics?.message ?? "no diagnostics").split("\n")[0] ?? "";
}

function remainder(targets: readonly TargetView[]): string {
  const counts = new Map<HostStatus, number>();
  for (const { status } of targets) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, number]) => `${number} ${WORDS[status]}`);
  return `${count(targets.length, "more host")}: ${parts.join(", ")}`;
}

function isOver(status: HostStatus): boolean {
  return status === "Succeeded" || status === "Failed" || status === "Skipped" || status === "Ready";
}
