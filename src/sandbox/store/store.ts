import type { HostView } from "../model/host.ts";
import type { AlarmView } from "../model/resources.ts";
import type { BucketRow, ObjectRow } from "../s3/stored-object.ts";
import type {
  ApplicationRow,
  CommandRow,
  ConfigurationRow,
  DeploymentRow,
  GroupRow,
  InstanceRow,
  RevisionRow,
  UserRow,
} from "./rows.ts";

/** Rows by key. Rows are immutable: a change is a new row under the same key. */
export interface Table<Row> {
  get(key: string): Row | undefined;
  put(key: string, row: Row): void;
  delete(key: string): void;
  /** In the order in which the keys were first put. */
  all(): Iterable<Row>;
}

/** All state of the sandbox except objects and keys. */
export interface SandboxStore {
  /** By name. */
  readonly hosts: Table<HostView>;
  /** By name. */
  readonly applications: Table<ApplicationRow>;
  /** By `groupKey`. */
  readonly groups: Table<GroupRow>;
  /** By name; the predefined ones are not among them. */
  readonly configurations: Table<ConfigurationRow>;
  /** By `revisionRowKey`. */
  readonly revisions: Table<RevisionRow>;
  /** By ARN, since a name can be used again. */
  readonly instances: Table<InstanceRow>;
  /** By id. */
  readonly deployments: Table<DeploymentRow>;
  /** By id. */
  readonly commands: Table<CommandRow>;
  /** By name. */
  readonly users: Table<UserRow>;
  /** By name. */
  readonly alarms: Table<AlarmView>;
  /** By name. */
  readonly buckets: Table<BucketRow>;
  /** By `bucket/key`. */
  readonly objects: Table<ObjectRow>;
  /** Does all the changes of a piece of work, or none that outlives the process. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}
