import { rmSync } from "node:fs";
import type { Database } from "node-sqlite3-wasm";

/** A row as it is kept: JSON under a kind and a key. */
export interface KeptRow {
  readonly kind: string;
  readonly key: string;
  readonly value: string;
}

const LAYOUT = 1;
const TABLE = "CREATE TABLE IF NOT EXISTS kept (kind TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, key))";
const PUT =
  "INSERT INTO kept (kind, key, value) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value";

/** An SQLite database with one table, for one process. A process that is killed leaves whole transactions in it. */
export class RowDatabase {
  readonly #database: Database;
  readonly #put: ReturnType<Database["prepare"]>;
  readonly #delete: ReturnType<Database["prepare"]>;
  #depth = 0;

  private constructor(database: Database) {
    this.#database = database;
    this.#put = database.prepare(PUT);
    this.#delete = database.prepare("DELETE FROM kept WHERE kind = ? AND key = ?");
  }

  /**
   * Opens or makes a database. Whoever calls has made sure that no other process has it open: the lock that a killed
   * process left behind is removed.
   * @throws Error when the file is no database, or has a layout that this version does not know
   */
  static async open(path: string): Promise<RowDatabase> {
    const sqlite: { readonly default?: typeof import("node-sqlite3-wasm") } & typeof import("node-sqlite3-wasm") =
      await import("node-sqlite3-wasm");
    rmSync(`${path}.lock`, { recursive: true, force: true });
    const database = new (sqlite.default ?? sqlite).Database(path);
    // Without the lock for good there is no write-ahead log: it would need memory that processes share.
    for (const pragma of ["locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = NORMAL"]) {
      database.get(`PRAGMA ${pragma}`);
    }
    const layout = Number(database.get("PRAGMA user_version")?.["user_version"]);
    if (layout !== 0 && layout !== LAYOUT) throw new Error(`the layout ${layout} of another version`);
    database.exec(`PRAGMA user_version = ${LAYOUT}; ${TABLE}`);
    return new RowDatabase(database);
  }

  /** All rows, in the order in which their keys were first put. */
  rows(): readonly KeptRow[] {
    return this.#database
      .all("SELECT kind, key, value FROM kept ORDER BY rowid")
      .map(({ kind, key, value }) => ({ kind: String(kind), key: String(key), value: String(value) }));
  }

  /** After the end nothing is kept any more: an answer that was cut off by it may still be noted. */
  put(kind: string, key: string, value: unknown): void {
    if (!this.#database.isOpen) return;
    this.#put.run([kind, key, JSON.stringify(value)]);
  }

  delete(kind: string, key: string): void {
    if (!this.#database.isOpen) return;
    this.#delete.run([kind, key]);
  }

  /** Keeps all that a piece of work puts, or, when the process dies in the middle of it, nothing. */
  transaction<Result>(work: () => Result): Result {
    if (this.#depth > 0 || !this.#database.isOpen) return work();
    this.#database.exec("BEGIN");
    this.#depth += 1;
    try {
      return work();
    } finally {
      this.#depth -= 1;
      // Also after an error: what has been changed in memory has to be what is kept.
      this.#database.exec("COMMIT");
    }
  }

  close(): void {
    if (!this.#database.isOpen) return;
    this.#put.finalize();
    this.#delete.finalize();
    this.#database.close();
  }
}
