import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import type { LoadedConfig } from "../config/load.ts";
import { loadOnPremisesConfig, type OnPremisesConfig } from "../config/on-premises.ts";
import type { DoctorPorts, ShownCredentials } from "../doctor/context.ts";
import { systemClock } from "../host/clock.ts";
import { localFileSystem } from "../host/files/file-system.ts";
import { createProbe } from "../host/probe.ts";
import { commandsEndpoint } from "../remote/commands/api.ts";
import { connectionAgents } from "../remote/connection/agents.ts";
import { trustedAuthorities } from "../remote/connection/authorities.ts";
import { askCaller } from "../remote/identity/caller.ts";
import { createCredentialProvider, IGNORED_CREDENTIAL_VARIABLES } from "../remote/identity/credentials.ts";
import { createIdentitySource } from "../remote/identity/identity.ts";
import { sessionExpiry } from "../remote/identity/session-expiry.ts";
import { metadataOptions } from "./metadata-options.ts";

const UNIT = "codedeploy-agent.service";
/** A systemd that hangs must not keep the other findings back. */
const UNIT_WITHIN_MS = 3_000;

/** The real ports of the doctor; they go the ways that the daemon goes. */
export async function doctorPorts({ config }: LoadedConfig): Promise<Omit<DoctorPorts, "daemon">> {
  const environment = { ...process.env };
  for (const name of IGNORED_CREDENTIAL_VARIABLES) delete process.env[name];
  const onPremises = await loadOnPremisesConfig(config.on_premises_config_file, localFileSystem);
  const authorities = await trustedAuthorities(environment);
  const noProxy = config.no_proxy ?? environment["NO_PROXY"] ?? environment["no_proxy"];
  const agents = connectionAgents({ proxyUri: config.proxy_uri, noProxy, authorities });
  const identity = createIdentitySource({ onPremises, environment, metadata: metadataOptions(config, environment) });
  const { deploy_control_endpoint: override, enable_auth_policy: secure, use_fips_mode: fips } = config;
  return {
    fileSystem: localFileSystem,
    clock: systemClock,
    probe: createProbe(agents, { viaProxy: config.proxy_uri !== undefined }),
    identify: (signal) => identity.identify(signal),
    async credentials() {
      const provider = createCredentialProvider(onPremises, { disableV1: config.disable_imds_v1 });
      return shown(await provider(), await withExpiry(onPremises?.credentials));
    },
    async caller(region, signal) {
      const isSandbox = override !== undefined && isLoopback(new URL(override).hostname);
      if (isSandbox && !environment["AWS_ENDPOINT_URL_STS"] && !environment["AWS_ENDPOINT_URL"]) {
        return { kind: "unknown", reason: `the command service is ${override}, not AWS` };
      }
      const credentials = createCredentialProvider(onPremises, { disableV1: config.disable_imds_v1 });
      return askCaller({ region, credentials, agents, signal });
    },
    commandsEndpoint: (region) => commandsEndpoint({ override, region, secure, fips }),
    s3Endpoint: (region) =>
      config.s3_endpoint_override ?? s3Address(region, { fips, dualStack: config.use_dual_stack }),
    missingTools: async (tools) => tools.filter((tool) => !isOnPath(tool, environment["PATH"] ?? "")),
    unitState,
  };
}

interface Obtained {
  readonly accessKeyId: string;
  readonly expiration?: Date;
  /** The SDK's note on where they come from. */
  readonly $source?: Readonly<Record<string, unknown>>;
}

type OnPremisesCredentials =
  | { readonly kind: "user" }
  | {
      readonly kind: "session";
      readonly file: string;
      readonly expiresAt: number | undefined;
      readonly writtenAt: number | undefined;
    };

/** The SDK does not look for the end of a session's credentials; most that write the file say it there. */
async function withExpiry(given: OnPremisesConfig["credentials"] | undefined) {
  if (given?.kind !== "session") return given;
  const writtenAt = (await localFileSystem.statusFollowing(given.file))?.mtimeMs;
  return { ...given, expiresAt: sessionExpiry(await localFileSystem.readText(given.file)), writtenAt };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}

function shown(credentials: Obtained, onPremises: OnPremisesCredentials | undefined): ShownCredentials {
  const { accessKeyId, expiration } = credentials;
  if (onPremises?.kind === "user")
    return { provider: "IAM user of the on-premises file", accessKeyId, expiresAt: undefined };
  if (onPremises?.kind === "session") {
    const { file, expiresAt, writtenAt } = onPremises;
    return { provider: `session in ${file}`, accessKeyId, expiresAt, writtenAt };
  }
  return { provider: providerName(credentials), accessKeyId, expiresAt: expiration?.getTime() };
}

const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/IMDS/, "instance profile"],
  [/ENV_VARS/, "environment variables"],
  [/HTTP/, "container or HTTP endpoint"],
  [/SSO/, "single sign-on"],
  [/PROCESS/, "credential process"],
  [/WEB_ID|STS_ASSUME_ROLE_WEB/, "web identity"],
  [/PROFILE|CODE/, "shared credentials file"],
];

function providerName({ $source = {} }: Obtained): string {
  const marks = Object.keys($source).join(" ");
  return PROVIDERS.find(([pattern]) => pattern.test(marks))?.[1] ?? "default providers of the AWS SDK";
}

/** Host of S3 as the SDK's own rules name it. */
function s3Address(
  region: string,
  { fips, dualStack }: { readonly fips: boolean; readonly dualStack: boolean },
): string {
  const domain = region.startsWith("cn-")
    ? "amazonaws.com.cn"
    : region.startsWith("eusc-")
      ? "amazonaws.eu"
      : "amazonaws.com";
  return `https://s3${fips ? "-fips" : ""}${dualStack ? ".dualstack" : ""}.${region}.${domain}`;
}

function isOnPath(tool: string, path: string): boolean {
  return [...path.split(":"), "/usr/sbin", "/sbin"].some((directory) => {
    try {
      accessSync(join(directory, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function unitState(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const words = ["show", UNIT, "--property=LoadState,ActiveState,SubState,ActiveEnterTimestamp"];
    execFile("systemctl", words, { timeout: UNIT_WITHIN_MS }, (error, stdout) => {
      const facts = Object.fromEntries(stdout.split("\n").map((line) => line.split(/=(.*)/s, 2)));
      if (error !== null || facts["LoadState"] !== "loaded") return resolve(undefined);
      const since = facts["ActiveEnterTimestamp"] ? ` since ${facts["ActiveEnterTimestamp"]}` : "";
      resolve(`${facts["ActiveState"]} (${facts["SubState"]})${since}`);
    });
  });
}
