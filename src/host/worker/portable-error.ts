import type { DiagnosticsCode } from "../../deployment/diagnostics.ts";
import { DeploymentError } from "../../deployment/error.ts";
import { ServiceError, type ServiceFault } from "../../ports/commands-api.ts";

/** An error as it goes from one process to another. */
export type PortableError =
  | {
      readonly type: "deployment";
      readonly code: DiagnosticsCode;
      readonly message: string;
      readonly hint?: string;
      readonly scriptName: string;
      readonly log: string;
      readonly cause?: PortableError;
    }
  | { readonly type: "service"; readonly fault: ServiceFault; readonly message: string }
  | { readonly type: "other"; readonly name: string; readonly message: string; readonly stack?: string };

/** What of an error goes to the other process. */
export function toPortable(error: unknown): PortableError {
  if (error instanceof DeploymentError) {
    const { code, message, hint, scriptName, log, cause } = error;
    return {
      ...{ type: "deployment", code, message, scriptName, log },
      ...(hint === undefined ? {} : { hint }),
      ...(cause === undefined ? {} : { cause: toPortable(cause) }),
    };
  }
  if (error instanceof ServiceError) return { type: "service", fault: error.fault, message: error.message };
  if (!(error instanceof Error)) return { type: "other", name: "Error", message: String(error) };
  const { name, message, stack } = error;
  return { type: "other", name, message, ...(stack === undefined ? {} : { stack }) };
}

/** The error that {@link toPortable} was given, as far as it is told. */
export function fromPortable(portable: PortableError): Error {
  switch (portable.type) {
    case "deployment": {
      const { code, message, cause, ...details } = portable;
      const known = cause === undefined ? details : { ...details, cause: fromPortable(cause) };
      return new DeploymentError(code, message, known);
    }
    case "service":
      return new ServiceError(portable.fault, portable.message);
    case "other": {
      const { name, message, stack } = portable;
      return Object.assign(new Error(message), { name }, stack === undefined ? {} : { stack });
    }
  }
}
