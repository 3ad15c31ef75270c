import type { DiagnosticsCode } from "../deployment/diagnostics.ts";
import { printable } from "./printable.ts";
import { shortened } from "./shortened.ts";

/** What an operator needs to know which script is meant. */
export interface ScriptFacts {
  readonly event: string;
  /** As in the AppSpec file. */
  readonly location: string;
  /** Deployment whose revision the script belongs to. */
  readonly revisionId: string;
  /** Whether that is an earlier deployment than the one under way. */
  readonly earlier: boolean;
  readonly runAs?: string | undefined;
  readonly sudo: boolean;
  /** Of the deployment group. */
  readonly groupId: string;
  /** Whether the deployment is carried out without the service. */
  readonly isLocal: boolean;
}

/** A failure as the service is told about it. */
export interface ScriptFailure {
  readonly code: DiagnosticsCode;
  readonly message: string;
  readonly hint?: string;
}

/** Longer locations are cut in messages; the whole one is the report's script name. */
const LONGEST_LOCATION = 300;

/** The subject of every message about a script: which, of which event and revision, for which user. */
export function describeScript({ event, location, revisionId, earlier, runAs, sudo }: ScriptFacts): string {
  const details = [
    printable(event),
    `${earlier ? "earlier revision" : "revision"} ${revisionId}`,
    ...(runAs === undefined ? [] : [`user ${printable(runAs)}`]),
    ...(sudo ? ["sudo"] : []),
  ];
  return `${shortened(location, LONGEST_LOCATION)} (${details.join(", ")})`;
}

export function failure(code: DiagnosticsCode, message: string, hint?: string): ScriptFailure {
  return hint === undefined ? { code, message } : { code, message, hint };
}
