import type { LoadedConfig } from "../config/load.ts";
import type { OnPremisesConfig } from "../config/on-premises.ts";
import type { Layout } from "../deployment/layout.ts";
import type { Clock } from "../ports/clock.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { HostIdentity } from "../ports/identity.ts";
import type { Probe, ProbeResult } from "../ports/probe.ts";

/** Credentials as they may be shown. */
export interface ShownCredentials {
  /** Where they come from, as an operator would say it. */
  readonly provider: string;
  readonly accessKeyId: string;
  /** Milliseconds since the epoch; undefined when they do not expire. */
  readonly expiresAt: number | undefined;
  /** When a session's file was written, in milliseconds since the epoch; absent for other credentials. */
  readonly writtenAt?: number | undefined;
}

/** Whose credentials the host uses, as AWS itself says. */
export type Caller =
  | { readonly kind: "known"; readonly arn: string }
  /** AWS does not take the credentials. */
  | { readonly kind: "refused"; readonly reason: string }
  /** STS was not asked, or did not answer. */
  | { readonly kind: "unknown"; readonly reason: string };

/** The daemon as the doctor sees it. */
export type SeenDaemon =
  | {
      readonly kind: "running";
      readonly pid: number;
      readonly detail: string | undefined;
      readonly phase: string | undefined;
      /** When the service answered a poll last, in milliseconds since the epoch; undefined when it is not told. */
      readonly lastPollMs: number | undefined;
    }
  | { readonly kind: "not-running" }
  | { readonly kind: "unknown"; readonly reason: string };

/** What checks work with. */
export interface DoctorPorts {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly probe: Probe;
  /** @throws Error whose message says why there is no identity */
  readonly identify: (signal: AbortSignal) => Promise<HostIdentity>;
  /** @throws Error whose message says why there are none */
  readonly credentials: () => Promise<ShownCredentials>;
  /** Asks STS whose the credentials are. */
  readonly caller: (region: string, signal: AbortSignal) => Promise<Caller>;
  /** @throws ConfigError when there is none for the region */
  readonly commandsEndpoint: (region: string) => string;
  readonly s3Endpoint: (region: string) => string;
  /** Those of the tools that the host lacks. */
  readonly missingTools: (tools: readonly string[]) => Promise<readonly string[]>;
  readonly daemon: () => Promise<SeenDaemon>;
  /** State of the systemd unit, as `active (running)`; undefined without systemd or without the unit. */
  readonly unitState: () => Promise<string | undefined>;
}

/** What the checks are about. */
export interface DoctorContext extends DoctorPorts {
  readonly loaded: LoadedConfig;
  readonly onPremises: OnPremisesConfig | undefined;
  readonly layout: Layout;
  readonly program: { readonly version: string; readonly runtime: string };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted when a check takes too long. */
  readonly signal: AbortSignal;
  /** The command service, asked once for all checks that want to know. */
  readonly commandService: () => Promise<{ readonly url: string; readonly result: ProbeResult }>;
}
