import { SandboxStartError } from "../start-error.ts";
import { type KeptRow, RowDatabase } from "./database.ts";
import { deploymentTable } from "./deployment-table.ts";
import { memoryTable } from "./memory-store.ts";
import type { DeploymentRow } from "./rows.ts";
import type { SandboxStore, Table } from "./store.ts";

/**
 * A store that outlives the sandbox: everything is in memory, and each change is in the database when it returns.
 * @throws SandboxStartError when the file cannot be used
 */
export async function sqliteStore(path: string): Promise<SandboxStore> {
  const { database, rows } = await open(path);
  const table = <Row>(kind: string) => writeThrough<Row>(database, rows, kind);
  const deployments: Table<DeploymentRow> = deploymentTable(database, rows);
  return {
    hosts: table("host"),
    applications: table("application"),
    groups: table("group"),
    configurations: table("configuration"),
    revisions: table("revision"),
    instances: table("instance"),
    deployments,
    commands: table("command"),
    users: table("user"),
    alarms: table("alarm"),
    buckets: table("bucket"),
    objects: table("object"),
    transaction: (work) => database.transaction(work),
    close: () => database.close(),
  };
}

async function open(path: string): Promise<{ readonly database: RowDatabase; readonly rows: readonly KeptRow[] }> {
  try {
    const database = await RowDatabase.open(path);
    return { database, rows: database.rows() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The state in ${path} cannot be used (${reason}). Remove it to begin anew, or give another --state.`;
    throw new SandboxStartError(message, { cause: error });
  }
}

function writeThrough<Row>(database: RowDatabase, kept: readonly KeptRow[], kind: string): Table<Row> {
  const own = kept.filter((row) => row.kind === kind);
  const memory = memoryTable<Row>(new Map(own.map(({ key, value }) => [key, JSON.parse(value)])));
  return {
    get: memory.get,
    all: memory.all,
    put: (key, row) => {
      memory.put(key, row);
      database.put(kind, key, row);
    },
    delete: (key) => {
      memory.delete(key);
      database.delete(kind, key);
    },
  };
}
