import type { InstanceSummary, InstanceTarget, LifecycleEvent } from "@aws-sdk/client-codedeploy";
import { ACCOUNT, REGION } from "../../identifiers.ts";
import type { DiagnosticsView, EventView, TargetView } from "../../model/deployment.ts";
import type { SandboxStore } from "../../store/store.ts";
import { instanceByName } from "../lookup.ts";
import { seconds, secondsIfKnown, type Wire } from "../wire.ts";

/** A host of a deployment as the public API shows it. */
export function instanceTarget(deploymentId: string, target: TargetView, store: SandboxStore): Wire<InstanceTarget> {
  return {
    deploymentId,
    targetId: target.host,
    targetArn: targetArn(target.host, store),
    status: target.status,
    lastUpdatedAt: lastChange(target),
    lifecycleEvents: target.events.map(lifecycleEvent),
    instanceLabel: target.label,
  };
}

/** The same in the words of the deprecated operations, whose answers name the instance by its ARN. */
export function instanceSummary(deploymentId: string, target: TargetView, store: SandboxStore): Wire<InstanceSummary> {
  return {
    deploymentId,
    instanceId: targetArn(target.host, store),
    status: target.status,
    lastUpdatedAt: lastChange(target),
    lifecycleEvents: target.events.map(lifecycleEvent),
    instanceType: target.label,
  };
}

/** ARN of a host: of its EC2 instance, of its registration, else one made of its name. */
export function targetArn(host: string, store: SandboxStore): string {
  if (host.startsWith("i-")) return `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${host}`;
  return instanceByName(store, host)?.instanceArn ?? `arn:aws:codedeploy:${REGION}:${ACCOUNT}:instance/${host}`;
}

function lastChange({ updatedAt, events }: TargetView): number | undefined {
  return secondsIfKnown(updatedAt ?? events.find(({ endedAt }) => endedAt !== undefined)?.endedAt);
}

function lifecycleEvent({ name, status, startedAt, endedAt, diagnostics, noop }: EventView): Wire<LifecycleEvent> {
  return {
    lifecycleEventName: name,
    status,
    startTime: secondsIfKnown(startedAt),
    endTime: endedAt === undefined ? undefined : seconds(endedAt),
    diagnostics:
      status === "Succeeded" || status === "Failed" ? diagnosticsOf(diagnostics, { status, noop }) : undefined,
  };
}

const CODES = {
  0: "Success",
  1: "ScriptMissing",
  2: "ScriptNotExecutable",
  3: "ScriptTimedOut",
  4: "ScriptFailed",
} as const;
const LOG_TAIL_BYTES = 4096;

function diagnosticsOf(
  diagnostics: DiagnosticsView | undefined,
  { status }: { readonly status: "Succeeded" | "Failed"; readonly noop: boolean },
): Wire<LifecycleEvent>["diagnostics"] {
  if (diagnostics === undefined) {
    const isGood = status === "Succeeded";
    return {
      errorCode: isGood ? "Success" : "UnknownError",
      scriptName: "",
      message: isGood ? "Succeeded" : "The agent sent no diagnostics.",
      logTail: "",
    };
  }
  const { errorCode, scriptName, message, log } = diagnostics;
  return { errorCode: codeOf(errorCode), scriptName, message, logTail: newest(log) };
}

function codeOf(code: number | string): (typeof CODES)[keyof typeof CODES] | "UnknownError" {
  return Object.entries(CODES).find(([number]) => number === String(code))?.[1] ?? "UnknownError";
}

function newest(log: string): string {
  const bytes = Buffer.from(log);
  return bytes.length <= LOG_TAIL_BYTES
    ? log
    : bytes
        .subarray(-LOG_TAIL_BYTES)
        .toString("utf8")
        .replace(/^\uFFFD+/, "");
}
