import type { SandboxEvent, TargetView } from "../model/deployment.ts";
import type { KeptRow, RowDatabase } from "./database.ts";
import { memoryTable } from "./memory-store.ts";
import type { DeploymentRow } from "./rows.ts";
import type { Table } from "./store.ts";

/** A deployment without its hosts and its history, which are kept row by row: they are long, and change one at a time. */
type Head = Omit<DeploymentRow, "state" | "history"> & {
  readonly state: Omit<DeploymentRow["state"], "targets">;
  readonly hosts: number;
};

const HEAD = "deployment";
const TARGET = "deployment-target";
const HISTORY = "deployment-history";

/** Deployments in memory and in a database, of which only what a change has changed is written. */
export function deploymentTable(database: RowDatabase, kept: readonly KeptRow[]): Table<DeploymentRow> {
  const memory = memoryTable(loaded(kept));
  return {
    get: memory.get,
    all: memory.all,
    put: (key, row) => {
      const before = memory.get(key);
      memory.put(key, row);
      database.transaction(() => write(database, { key, row, before }));
    },
    delete: (key) => {
      const row = memory.get(key);
      memory.delete(key);
      if (row !== undefined) database.transaction(() => remove(database, key, row));
    },
  };
}

function write(
  database: RowDatabase,
  { key, row, before }: { key: string; row: DeploymentRow; before: DeploymentRow | undefined },
): void {
  const {
    state: { targets, ...state },
    history,
    ...rest
  } = row;
  const head: Head = { ...rest, state, hosts: targets.length };
  database.put(HEAD, key, head);
  for (const [index, target] of targets.entries()) {
    if (target !== before?.state.targets[index]) database.put(TARGET, `${key}/${index}`, target);
  }
  for (let index = before?.history.length ?? 0; index < history.length; index += 1) {
    database.put(HISTORY, `${key}/${index}`, history[index]);
  }
}

function remove(database: RowDatabase, key: string, { state, history }: DeploymentRow): void {
  database.delete(HEAD, key);
  for (const index of state.targets.keys()) database.delete(TARGET, `${key}/${index}`);
  for (const index of history.keys()) database.delete(HISTORY, `${key}/${index}`);
}

function loaded(kept: readonly KeptRow[]): Map<string, DeploymentRow> {
  const parts = new Map(kept.map(({ kind, key, value }) => [`${kind} ${key}`, value]));
  const part = (kind: string, key: string, index: number) => parts.get(`${kind} ${key}/${index}`);
  const heads = kept.filter(({ kind }) => kind === HEAD);
  return new Map(
    heads.map(({ key, value }) => {
      const { state, hosts, ...rest }: Head = JSON.parse(value);
      const targets: TargetView[] = Array.from({ length: hosts }, (_, index) => read(part(TARGET, key, index), key));
      const history: SandboxEvent[] = [];
      for (let line = part(HISTORY, key, 0); line !== undefined; line = part(HISTORY, key, history.length)) {
        history.push(JSON.parse(line));
      }
      return [key, { ...rest, state: { ...state, targets }, history }];
    }),
  );
}

function read(value: string | undefined, deploymentId: string): TargetView {
  if (value === undefined) throw new Error(`a host of deployment ${deploymentId} is missing`);
  return JSON.parse(value);
}
