import { describeRevision, type Revision } from "../deployment/revision.ts";
import type { Revisions } from "../ports/revisions.ts";
import { noFetcher } from "./messages.ts";

/** Implementations of {@link Revisions}, one for each revision type this agent can fetch. */
export type RevisionSources = Readonly<Partial<Record<Revision["type"], Revisions>>>;

/** One source of revisions made of several; a type without one is refused with a text for the operator. */
export function revisionsByType(sources: RevisionSources): Revisions {
  return {
    async open(revision, signal) {
      const source = sources[revision.type];
      if (source === undefined) throw noFetcher(revision.type, describeRevision(revision));
      return source.open(revision, signal);
    },
  };
}
