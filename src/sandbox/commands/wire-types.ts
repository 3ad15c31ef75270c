import { z } from "zod";

/** An absent member and null mean the same; members nobody asked for are ignored. */
const optional = <Shape extends z.ZodType>(shape: Shape) => shape.nullish().transform((value) => value ?? undefined);

const Diagnostics = optional(
  z.object({ Format: optional(z.string().min(1).max(64)), Payload: optional(z.string().max(8192)) }),
);
const Identifier = z.string().min(1);

export const PollHostCommand = z.object({ HostIdentifier: Identifier });
export const GetDeploymentSpecification = z.object({ DeploymentExecutionId: Identifier, HostIdentifier: Identifier });
export const PutHostCommandAcknowledgement = z.object({ HostCommandIdentifier: Identifier, Diagnostics });
export const PutHostCommandComplete = z.object({
  HostCommandIdentifier: Identifier,
  CommandStatus: z.enum(["Succeeded", "Failed"]),
  Diagnostics,
});
export const PostHostCommandUpdate = z.object({
  HostCommandIdentifier: Identifier,
  EstimatedCompletionTime: optional(z.number()),
  Diagnostics,
});
