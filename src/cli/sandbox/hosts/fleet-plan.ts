import { createHash } from "node:crypto";
import { join } from "node:path";
import type { HostView } from "../../../sandbox/model/host.ts";

export const FLEET_KINDS = ["on-premises", "ec2"] as const;
export type FleetKind = (typeof FLEET_KINDS)[number];

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** One host of a fleet before anything is done about it. */
export interface FleetHost {
  /** `web-1`: what people call it. */
  readonly label: string;
  /** What CodeDeploy calls it: the label, or the id of an EC2 instance. */
  readonly name: string;
  readonly directory: string;
  readonly tags: NonNullable<HostView["tags"]>;
}

/** What hosts a fleet has. The same options give the same hosts again, so that a fleet goes on where it was. */
export function planFleet(options: {
  readonly name: string;
  readonly hosts: number;
  readonly kind: FleetKind;
  readonly tags: readonly Tag[];
  readonly directory: string;
}): readonly FleetHost[] {
  const { name: fleet, hosts, kind, tags, directory } = options;
  return Array.from({ length: hosts }, (_, index) => {
    const label = `${fleet}-${index + 1}`;
    return {
      label,
      name: kind === "ec2" ? instanceId(label) : label,
      directory: join(directory, label),
      tags: [{ Key: "Name", Value: label }, ...(tags.length === 0 ? [{ Key: "fleet", Value: fleet }] : tags)],
    };
  });
}

/** `i-` and 17 hexadecimal digits. */
function instanceId(label: string): string {
  return `i-${createHash("sha256").update(label).digest("hex").slice(0, 17)}`;
}
