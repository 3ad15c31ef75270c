import type { SandboxStore, Table } from "./store.ts";

/** A store that forgets when the sandbox stops. */
export function memoryStore(): SandboxStore {
  return {
    hosts: memoryTable(),
    applications: memoryTable(),
    groups: memoryTable(),
    configurations: memoryTable(),
    revisions: memoryTable(),
    instances: memoryTable(),
    deployments: memoryTable(),
    commands: memoryTable(),
    users: memoryTable(),
    alarms: memoryTable(),
    buckets: memoryTable(),
    objects: memoryTable(),
    transaction: (work) => work(),
    close: () => {},
  };
}

/** Rows in memory. */
export function memoryTable<Row>(rows = new Map<string, Row>()): Table<Row> {
  return {
    get: (key) => rows.get(key),
    put: (key, row) => {
      rows.set(key, row);
    },
    delete: (key) => {
      rows.delete(key);
    },
    all: () => rows.values(),
  };
}
