import type { DeploymentRow } from "../store/rows.ts";
import type { Table } from "../store/store.ts";
import type { Authority } from "./authority.ts";
import { specificationDocument } from "./document.ts";
import { type Envelope, seal } from "./envelope.ts";

/** Gives out the signed specification of a deployment, which is made once for all of its hosts and events. */
export function envelopes(
  deployments: Table<DeploymentRow>,
  authority: Authority,
): (deploymentId: string) => Promise<Envelope> {
  const sealed = new Map<string, Promise<Envelope>>();
  return (deploymentId) => {
    const row = deployments.get(deploymentId);
    if (row === undefined) throw new Error(`deployment ${deploymentId} of a command is not in the store`);
    const envelope = sealed.get(deploymentId) ?? sealSpecification(row, authority);
    sealed.set(deploymentId, envelope);
    return envelope;
  };
}

async function sealSpecification(row: DeploymentRow, { signer }: Authority): Promise<Envelope> {
  return seal(JSON.stringify(specificationDocument(row)), await signer(), row.order.agent.tamper);
}
