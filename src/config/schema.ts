import { DEFAULT_TRACKING_DIRECTORY } from "../deployment/layout.ts";
import {
  bytes,
  flag,
  name,
  oneOf,
  optional,
  path,
  port,
  type Reader,
  seconds,
  secondsUpTo,
  text,
  url,
  wholeNumber,
} from "./value.ts";

/** One key of the configuration file that the agent acts on. */
export interface KeyDefinition<T> {
  readonly read: Reader<T>;
  readonly default: T;
  /** One line for the documentation. */
  readonly doc: string;
}

const serviceUrl = optional(url({ plainOnlyOnLoopback: true }));
const proxyUrl = optional(url({ plainOnlyOnLoopback: false }));

/** A day, as in AWS's agent; the unit of the packages lets a stop take a minute longer. */
const MOST_STOP_SECONDS = 86_400;

/** Every key the agent acts on. Defaults are those of the packaged configuration file. */
export const KEYS = {
  root_dir: key(path, "/opt/codedeploy-agent/deployment-root", "Work area: revisions, logs of scripts, state."),
  log_dir: key(path, "/var/log/aws/codedeploy-agent", "Directory of the agent's log."),
  pid_dir: key(path, "/opt/codedeploy-agent/state/.pid", "Directory of the PID file."),
  program_name: key(name, "codedeploy-agent", "Name of log and PID files."),
  verbose: key(flag, false, "Log at debug level."),
  log_format: key(oneOf("text", "json"), "text", "How records are logged: text, as AWS's agent does, or json."),
  log_aws_wire: key(
    flag,
    false,
    "Log the calls to the command service, S3 and GitHub, without secrets, in <program_name>.aws_wire.log.",
  ),
  status_socket: key(
    optional(path),
    undefined,
    "Unix socket that answers HTTP: /health says how the agent is, /metrics in Prometheus' format.",
  ),
  metrics_port: key(optional(port), undefined, "The same on a TCP port of the loopback address."),
  wait_between_runs: key(seconds, 1, "Seconds between polls while nothing is going on."),
  http_read_timeout: key(seconds, 80, "Seconds to wait for an answer of the command service."),
  max_revisions: key(wholeNumber(1), 5, "Revisions kept for each deployment group, the current one included."),
  enable_deployments_log: key(flag, true, "Collect the output of all scripts in one log."),
  restrict_hook_env_to_allowlist: key(
    flag,
    false,
    "Of the agent's environment, scripts get PATH, HOME and USER only, beside the deployment's variables.",
  ),
  strip_loader_env_in_hooks: key(
    flag,
    false,
    "Scripts do not get LD_PRELOAD, LD_LIBRARY_PATH and LD_AUDIT from the agent's environment.",
  ),
  ongoing_deployment_tracking: key(name, DEFAULT_TRACKING_DIRECTORY, "Directory under root_dir that tracks commands."),
  kill_agent_max_wait_time_seconds: key(
    secondsUpTo(MOST_STOP_SECONDS),
    7200,
    "Seconds that a stop waits for running commands.",
  ),
  on_premises_config_file: key(
    path,
    "/etc/codedeploy-agent/conf/codedeploy.onpremises.yml",
    "Identity and credentials of an on-premises host.",
  ),
  disable_imds_v1: key(flag, false, "Use version 2 of the instance metadata service only."),
  deploy_control_endpoint: key(serviceUrl, undefined, "URL of the command service, used as it is."),
  enable_auth_policy: key(flag, false, "Use the command service that checks IAM permissions (VPC endpoints)."),
  use_fips_mode: key(flag, false, "Use FIPS endpoints; US regions only."),
  s3_endpoint_override: key(serviceUrl, undefined, "URL of S3, used as it is."),
  use_dual_stack: key(flag, false, "Use the endpoint of S3 that answers over IPv6 too."),
  github_api_endpoint: key(
    serviceUrl,
    undefined,
    "Base URL of GitHub's API, as https://host/api/v3 for GitHub Enterprise Server; without it github.com.",
  ),
  proxy_uri: key(proxyUrl, undefined, "HTTP proxy for the command service, S3 and GitHub; user and password allowed."),
  no_proxy: key(
    optional(text),
    undefined,
    "Hosts that are reached without the proxy, as .internal,10.0.0.0/8; without it the variable NO_PROXY counts.",
  ),
  enable_archive_reuse: key(flag, true, "Let a deployment that restarts use the revision on the host again."),
  archive_max_extraction_size: key(
    optional(bytes),
    undefined,
    "Largest bundle when unpacked, as 2GB; empty for no limit.",
  ),
  reject_symlinks_in_bundle: key(flag, false, "Refuse bundles with symbolic or hard links."),
  reject_unsafe_permissions_in_bundle: key(
    flag,
    false,
    "Refuse bundles and AppSpec files with set-user-id or set-group-id bits.",
  ),
  reject_unconfined_selinux_in_bundle: key(
    flag,
    false,
    "Refuse AppSpec files that give files the SELinux type unconfined_t, kernel_t or init_t.",
  ),
  ignore_ownership_in_bundle: key(flag, false, "Let all files of a bundle belong to the agent's user."),
  preserve_directory_symlinks: key(flag, false, "Install links to directories as links, not as what they lead to."),
  restrict_agent_dir_permissions: key(flag, false, "Keep the agent's state from other users; scripts stay reachable."),
  restrict_log_dir_permissions: key(flag, false, "Keep log_dir from all but the agent's user and its group."),
  deployment_signer_ca_file: key(
    optional(path),
    undefined,
    "PEM file of the authorities that may sign deployment specifications; without it any valid signature counts.",
  ),
} as const satisfies Record<string, KeyDefinition<unknown>>;

/** Name of a key the agent acts on. */
export type KeyName = keyof typeof KEYS;

/** The configuration: a value for each key, named as in the file. */
export type Config = {
  readonly [Key in KeyName]: (typeof KEYS)[Key] extends KeyDefinition<infer Value> ? Value : never;
};

const REPLACED_BY_SYSTEMD = "run the service as another user with User= in a systemd drop-in";
const ONE_PROCESS = "the agent is one process and needs no children";
const NOT_READ_BY_ANY_AGENT = "no agent reads it";
const ALWAYS_ON = "this protection is always on";

/** Keys of AWS's agents that have no effect here, each with the reason that an operator is given. */
export const KEYS_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  children: ONE_PROCESS,
  wait_between_spawning_children: ONE_PROCESS,
  max_runs_per_worker: ONE_PROCESS,
  user: REPLACED_BY_SYSTEMD,
  group: REPLACED_BY_SYSTEMD,
  wait_after_throttle_error: "the agent waits as long as the service asks",
  wait_after_connection_problem: "the agent keeps running and polls again with growing pauses",
  wait_after_error: NOT_READ_BY_ANY_AGENT,
  shared_dir: NOT_READ_BY_ANY_AGENT,
  instance_service_region: NOT_READ_BY_ANY_AGENT,
  instance_service_endpoint: NOT_READ_BY_ANY_AGENT,
  instance_service_port: NOT_READ_BY_ANY_AGENT,
  codedeploy_test_profile: "credentials and TLS are always checked",
  ssl_verify_peer: "TLS certificates are always checked",
  use_mock_command_service: "use codedeploy-sandbox to test without AWS",
  plugins: "the agent has no plugins",
  reject_path_traversal_in_bundle: ALWAYS_ON,
  enable_command_port: "use status_socket or metrics_port",
  disable_core_dumps: "set LimitCORE=0 for the service",
  reject_symlink_permission_targets: "permissions are never set through a link",
  disable_powershell_profile_in_hooks: "it concerns Windows only",
};

/** Regions that have FIPS endpoints. */
export const FIPS_REGIONS: readonly string[] = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "us-gov-west-1",
  "us-gov-east-1",
];

function key<T>(read: Reader<T>, fallback: T, doc: string): KeyDefinition<T> {
  return { read, default: fallback, doc };
}
