import type { SandboxStore, Table } from "./store.ts";

/** A store that forgets when the sandbox stops. */
export function memoryStore(): SandboxStore {
  return { hosts: memoryTable(), groups: memoryTable(), deployments: memoryTable(), commands: memoryTable() };
}

function memoryTable<Row>(): Table<Row> {
  const rows = new Map<string, Row>();
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
