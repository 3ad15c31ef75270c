/** Which revision of a group the scripts of an event come from. */
export type ScriptSource = "current" | "last-successful" | "most-recent";

interface ScriptSources {
  readonly normal: ScriptSource;
  /** On instances where a blue/green deployment is rolled back. */
  readonly blueGreenRollback: ScriptSource;
}

/**
 * The lifecycle events that run scripts, in the order in which the service sends them in place and with a load
 * balancer, each with the revision its scripts come from.
 */
export const SCRIPT_SOURCES = {
  BeforeBlockTraffic: { normal: "last-successful", blueGreenRollback: "most-recent" },
  AfterBlockTraffic: { normal: "last-successful", blueGreenRollback: "most-recent" },
  ApplicationStop: { normal: "last-successful", blueGreenRollback: "last-successful" },
  BeforeInstall: { normal: "current", blueGreenRollback: "current" },
  AfterInstall: { normal: "current", blueGreenRollback: "current" },
  ApplicationStart: { normal: "current", blueGreenRollback: "current" },
  ValidateService: { normal: "current", blueGreenRollback: "current" },
  BeforeAllowTraffic: { normal: "current", blueGreenRollback: "last-successful" },
  AfterAllowTraffic: { normal: "current", blueGreenRollback: "last-successful" },
} as const satisfies Record<string, ScriptSources>;

/** An event that can have scripts in every AppSpec file. */
export type HookEvent = keyof typeof SCRIPT_SOURCES;

/** Names of the events that can have scripts. */
export const HOOK_EVENTS = Object.keys(SCRIPT_SOURCES) as readonly HookEvent[];

/** All events an agent carries out, in order: in place, with a load balancer. */
export const AGENT_EVENTS = [
  "BeforeBlockTraffic",
  "AfterBlockTraffic",
  "ApplicationStop",
  "DownloadBundle",
  "BeforeInstall",
  "Install",
  "AfterInstall",
  "ApplicationStart",
  "ValidateService",
  "BeforeAllowTraffic",
  "AfterAllowTraffic",
] as const;

/** Whether a name is one of the events that can have scripts in every AppSpec file. */
export function isHookEvent(name: string): name is HookEvent {
  return Object.hasOwn(SCRIPT_SOURCES, name);
}

/** The facts of a deployment that decide where scripts come from. */
export interface DeploymentKind {
  readonly deploymentCreator: string;
  readonly deploymentType: string;
}

/** Which revision the scripts of an event come from; custom events run from the current one. */
export function scriptSource(event: string, deployment: DeploymentKind): ScriptSource {
  if (!isHookEvent(event)) return "current";
  return SCRIPT_SOURCES[event][isBlueGreenRollback(deployment) ? "blueGreenRollback" : "normal"];
}

function isBlueGreenRollback(deployment: DeploymentKind): boolean {
  return deployment.deploymentCreator === "codeDeployRollback" && deployment.deploymentType === "BLUE_GREEN";
}
