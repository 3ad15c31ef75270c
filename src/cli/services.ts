import type { LoadedConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { DoctorPorts } from "../doctor/context.ts";
import type { AccessControl } from "../ports/access-control.ts";
import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Daemons } from "../ports/daemons.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Revisions } from "../ports/revisions.ts";
import type { Account } from "../registration/account.ts";
import type { RunDependencies } from "./daemon/run.ts";
import type { LocalHost } from "./local/deploy.ts";

/** The real things that commands work with. Each is loaded when it is asked for. */
export interface Services {
  readonly clock: Clock;
  readonly fileSystem: () => Promise<FileSystem>;
  readonly daemons: () => Promise<Daemons>;
  /** Where archives are unpacked for the time being. */
  readonly temporaryDirectory: string;
  /** What `plan` looks at beside files. */
  readonly hostLook: () => Promise<{ readonly accounts: Accounts; readonly accessControl: AccessControl }>;
  /** The AWS account of whoever runs the command. */
  readonly account: (region: string) => Promise<Account>;
  /** What the doctor looks with, the ways that the daemon goes. @throws ConfigError */
  readonly doctorPorts: (loaded: LoadedConfig) => Promise<Omit<DoctorPorts, "daemon">>;
  /** Id of the EC2 instance that this host is; undefined outside of EC2. */
  readonly ec2InstanceId: () => Promise<string | undefined>;
  readonly runDependencies: () => Promise<RunDependencies>;
  /** The host that `deploy` works on. @throws ConfigError when the configuration cannot be used */
  readonly openLocalHost: (loaded: LoadedConfig) => Promise<LocalHost>;
  /** Revisions in S3 and GitHub, with the configuration's proxy, endpoints and credentials. */
  readonly revisions: (config: Config, stop: AbortSignal) => Promise<Revisions>;
}
