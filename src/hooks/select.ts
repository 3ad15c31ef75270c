import { basename } from "node:path";
import { DeploymentLayout, type Layout } from "../deployment/layout.ts";
import { type ScriptSource, scriptSource } from "../deployment/lifecycle.ts";
import type { DeploymentSpecification } from "../deployment/specification.ts";

/** The event whose scripts are looked for. */
export interface ScriptSelectionRequest {
  readonly event: string;
  readonly specification: DeploymentSpecification;
  readonly layout: Layout;
}

/** An earlier deployment of the group, as its pointer file names it. */
export interface EarlierRevision {
  /** Absolute path of the deployment's directory; its last component is the deployment's id. */
  readonly directory: string;
  /** Whether its unpacked archive is still there. */
  readonly archiveExists: boolean;
}

/** What is on the disk. */
export interface RevisionFacts {
  readonly currentArchiveExists: boolean;
  /** The last deployment whose Install finished; absent without a record. */
  readonly lastSuccessful?: EarlierRevision | undefined;
  /** The last deployment whose DownloadBundle finished; absent without a record. */
  readonly mostRecent?: EarlierRevision | undefined;
}

/** Where an event's scripts come from. */
export type ScriptSelection =
  | {
      readonly kind: "revision";
      readonly source: ScriptSource;
      readonly deploymentId: string;
      /** The deployment's directory. */
      readonly directory: string;
      /** The unpacked revision in it. */
      readonly archive: string;
    }
  | {
      readonly kind: "noop";
      /** A sentence for the log. */
      readonly reason: string;
      /** Whether an operator should know: something that was there is gone. */
      readonly warn: boolean;
    }
  | {
      readonly kind: "missing-current";
      /** The archive that should have been there. */
      readonly archive: string;
    };

/**
 * Which revision the scripts of an event come from. The deployment's own archive is used whenever it exists; the
 * event's nominal source matters before DownloadBundle and on hosts where the deployment downloads nothing.
 */
export function selectScripts(request: ScriptSelectionRequest, facts: RevisionFacts): ScriptSelection {
  const { event, specification, layout } = request;
  const current = layout.deployment(specification);
  if (facts.currentArchiveExists) return revision("current", current);
  const source = scriptSource(event, specification);
  switch (source) {
    case "current":
      return { kind: "missing-current", archive: current.archive };
    case "last-successful":
      return earlier(source, event, facts.lastSuccessful);
    case "most-recent":
      return earlier(source, event, facts.mostRecent);
  }
}

const RECORDS = {
  "last-successful": "installed revision",
  "most-recent": "downloaded revision",
} as const satisfies Record<Exclude<ScriptSource, "current">, string>;

function earlier(source: keyof typeof RECORDS, event: string, found: EarlierRevision | undefined): ScriptSelection {
  if (found === undefined) {
    return { kind: "noop", warn: false, reason: `${event} runs nothing: the group has no ${RECORDS[source]} yet.` };
  }
  const layout = new DeploymentLayout(found.directory);
  if (found.archiveExists) return revision(source, layout);
  return {
    kind: "noop",
    warn: true,
    reason: `${event} runs nothing: its scripts belong to the ${RECORDS[source]} in ${layout.archive}, which is gone.`,
  };
}

function revision(source: ScriptSource, layout: DeploymentLayout): ScriptSelection {
  const { directory, archive } = layout;
  return { kind: "revision", source, deploymentId: basename(directory), directory, archive };
}
