import type { DeploymentRow } from "../store/rows.ts";
import type { Table } from "../store/store.ts";
import type { Authority } from "./authority.ts";
import { specificationDocument } from "./document.ts";
import { type Envelope, seal } from "./envelope.ts";

/** The signed specifications of deployments. */
export interface Envelopes {
  /** Undefined for a deployment that is not known any more. */
  readonly of: (deploymentId: string) => Promise<Envelope> | undefined;
  readonly forget: (deploymentId: string) => void;
}

/** Gives out the signed specification of a deployment, which is made once for all of its hosts and events. */
export function envelopes(deployments: Table<DeploymentRow>, authority: Authority): Envelopes {
  const sealed = new Map<string, Promise<Envelope>>();
  return {
    of: (deploymentId) => {
      const row = deployments.get(deploymentId);
      if (row === undefined) return undefined;
      const envelope = sealed.get(deploymentId) ?? sealSpecification(row, authority);
      sealed.set(deploymentId, envelope);
      return envelope;
    },
    forget: (deploymentId) => {
      sealed.delete(deploymentId);
    },
  };
}

async function sealSpecification(row: DeploymentRow, { signer }: Authority): Promise<Envelope> {
  return seal(JSON.stringify(specificationDocument(row)), await signer(), row.order.agent.tamper);
}
