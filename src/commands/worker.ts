import { parseSpecification } from "../deployment/parse-specification.ts";
import type { CommandWorker } from "../ports/command-worker.ts";
import type { EnvelopeVerifier } from "../ports/envelope-verifier.ts";
import type { HostPorts, HostSettings } from "./context.ts";
import { handlerFor } from "./handlers.ts";

/** What the work is done with. */
export interface WorkerParts {
  readonly verifier: EnvelopeVerifier;
  readonly settings: HostSettings;
  readonly ports: HostPorts;
}

/** A worker that does the work in this process. */
export function createWorker({ verifier, settings, ports }: WorkerParts): CommandWorker {
  return {
    expectWork() {},
    open: (envelope) => verifier.open(envelope),
    prepare({ event, specification }) {
      const context = { event, specification: parseSpecification(specification), settings, ports };
      return handlerFor(context)(context);
    },
  };
}
