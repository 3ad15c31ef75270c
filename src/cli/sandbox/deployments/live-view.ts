import type { DeploymentView, EventView, SandboxEvent } from "../../../sandbox/model/deployment.ts";
import { isIgnorable } from "../../../sandbox/orchestration/lifecycle.ts";
import { printable, printableLines } from "../terminal/printable.ts";
import { count, duration, size } from "../terminal/quantities.ts";
import type { Style } from "../terminal/style.ts";

const EVENT_WIDTH = 18;
const WORD_WIDTH = 7;
const DURATION_WIDTH = 9;

/** Words for the codes an agent can report. */
const CODE_WORDS: Readonly<Record<string, string>> = {
  1: "script missing",
  2: "script not executable",
  3: "script timed out",
  4: "script failed",
  5: "other error",
  6: "outputs left open",
  7: "agent restarted",
};

/** What the view of a deployment needs to know beside the events. */
export interface LiveViewOptions {
  readonly deployment: DeploymentView;
  readonly ignoreApplicationStopFailures: boolean;
  /** Size of the uploaded bundle in bytes, where it is known. */
  readonly bundleSize?: number;
  /** Whether events that went well are shown where there are several hosts; of one host they always are. */
  readonly everyEvent?: boolean;
  /** When hosts had their turn, by name; milliseconds since the epoch. */
  readonly hostStarts?: ReadonlyMap<string, number>;
  readonly style: Style;
}

/** The line a deployment begins with. */
export function headline({ deployment, style }: LiveViewOptions): string {
  const { deploymentId, application, group, hosts, configuration, rollback } = deployment;
  const how = `${count(hosts.length, "host")}, ${configuration.replace("CodeDeployDefault.", "")}`;
  const title = style.strong(`${rollback?.of === undefined ? "Deployment" : "Rollback"} ${deploymentId}`);
  return `${title}  ${application}  ->  group ${group}  (${how})`;
}

/** The lines that an event adds to the view; none for most. */
export function linesOf(event: SandboxEvent, options: LiveViewOptions): readonly string[] {
  switch (event.type) {
    case "lifecycle-event":
      return isShown(event.event, options) ? eventLines(event.event, hostPrefix(event.host, options), options) : [];
    case "host":
      return hostLines(event, options);
    case "deployment":
      return [];
  }
}

/** The line a deployment ends with. */
export function conclusion({ status, durationMs = 0, reason }: DeploymentView, style: Style): string {
  const took = durationMs < 10_000 ? `${(durationMs / 1000).toFixed(2)} s` : duration(durationMs);
  if (status === "Succeeded") return `${style.good("Succeeded")} in ${took}`;
  return `${style.bad(status)} after ${took}${reason === undefined ? "" : `: ${reason.message} (${reason.code})`}`;
}

/** Why hosts failed, in the words of their agents; each different reason once, with the hosts that it is about. */
export function failureText({ hosts }: DeploymentView, style: Style): readonly string[] {
  const reasons = new Map<string, { readonly event: EventView; readonly hosts: string[] }>();
  for (const { host, events } of hosts) {
    const event = events.find(({ status }) => status === "Failed");
    if (event === undefined) continue;
    const reason = `${event.name} ${event.diagnostics?.errorCode} ${event.diagnostics?.scriptName}`;
    const known = reasons.get(reason);
    if (known === undefined) reasons.set(reason, { event, hosts: [host] });
    else known.hosts.push(host);
  }
  return [...reasons.values()].flatMap(({ event, hosts: [first = "", ...others] }) => {
    const about = others.length === 0 ? first : `${first} and ${count(others.length, "more host")}`;
    return [`${style.bad(`${event.name} FAILED`)} on ${about}:`, ...failureLines(event)];
  });
}

function isShown({ status }: EventView, { deployment, everyEvent }: LiveViewOptions): boolean {
  return status === "Failed" || deployment.hosts.length === 1 || everyEvent === true;
}

function hostLines(
  { host, status, at }: Extract<SandboxEvent, { type: "host" }>,
  options: LiveViewOptions,
): readonly string[] {
  const { style, hostStarts, deployment, everyEvent } = options;
  const prefix = `  ${hostPrefix(host, options)}`;
  if (status === "Skipped") return [`${prefix}${style.faint("not started, the deployment had ended")}`];
  if (status !== "Succeeded" || deployment.hosts.length === 1 || everyEvent === true) return [];
  const startedAt = hostStarts?.get(host);
  const took = startedAt === undefined ? "" : duration(at - startedAt).padStart(DURATION_WIDTH);
  return [`${prefix}${style.good("ok".padEnd(WORD_WIDTH))}${took}`];
}

function hostPrefix(host: string, { deployment: { hosts } }: LiveViewOptions): string {
  const width = Math.max(...hosts.map(({ host: name }) => name.length));
  return hosts.length > 1 ? `${host.padEnd(width)}  ` : "";
}

function eventLines(event: EventView, prefix: string, options: LiveViewOptions): readonly string[] {
  const begin = `  ${prefix}${event.name.padEnd(EVENT_WIDTH)} `;
  const time = duration(event.durationMs ?? 0).padStart(DURATION_WIDTH);
  const { style } = options;
  switch (event.status) {
    case "Succeeded":
      if (event.noop) return [`${begin}${style.faint("skipped".padEnd(WORD_WIDTH))}   nothing to run`];
      return [`${begin}${style.good("ok".padEnd(WORD_WIDTH))}${time}${detail(event, options)}`];
    case "Failed":
      return [
        `${begin}${style.bad("FAILED".padEnd(WORD_WIDTH))}${time}${detail(event, options)}`,
        ...failureLines(event),
      ];
    case "Pending":
    case "InProgress":
    case "Skipped":
      return [];
  }
}

function detail(event: EventView, options: LiveViewOptions): string {
  const text = factOf(event, options);
  return text === "" ? "" : `   ${text}`;
}

function factOf(event: EventView, options: LiveViewOptions): string {
  if (event.performer === "service") return "done by the service";
  if (event.status === "Failed") return codeOf(event, options);
  if (event.name !== "DownloadBundle") return "";
  const { revision } = options.deployment;
  if (!("bucket" in revision)) return `${revision.repository} ${revision.commitId}`;
  const from = `s3://${revision.bucket}/${revision.key}`;
  return options.bundleSize === undefined ? from : `${from}  ${size(options.bundleSize)}`;
}

function codeOf({ name, diagnostics }: EventView, { ignoreApplicationStopFailures }: LiveViewOptions): string {
  const code = diagnostics?.errorCode ?? "none";
  const word = CODE_WORDS[code];
  const ignored = ignoreApplicationStopFailures && isIgnorable(name) ? "; ignored" : "";
  return `code ${printable(String(code))}${word === undefined ? "" : `, ${word}`}${ignored}`;
}

function failureLines({ diagnostics }: EventView): readonly string[] {
  if (diagnostics === undefined) return ["      The agent sent no diagnostics."];
  return [
    ...printableLines(diagnostics.message).map((line) => `      ${line}`),
    ...printableLines(diagnostics.log).map((line) => `      | ${line}`),
  ];
}
