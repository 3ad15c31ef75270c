import { type CommandResult, DIAGNOSTICS_CODES, succeeded } from "../deployment/diagnostics.ts";
import { DeploymentError } from "../deployment/error.ts";
import { ServiceError } from "../ports/commands-api.ts";
import type { Log } from "../ports/log.ts";

/**
 * Runs the work of a command and turns however it ends into a result. Never rejects.
 * @param work fulfilled with the note that follows "Succeeded: "
 */
export async function execute(work: () => Promise<string>, log: Log): Promise<CommandResult> {
  try {
    return succeeded(await work());
  } catch (error) {
    return failed(error, log);
  }
}

/** The result of a command that failed with an error of any kind. */
export function failed(error: unknown, log: Log): CommandResult {
  if (error instanceof DeploymentError) {
    if (error.cause !== undefined) log.debug(`Cause: ${describe(error.cause)}`);
    return { status: "Failed", code: error.code, scriptName: error.scriptName, message: error.report, log: error.log };
  }
  if (error instanceof ServiceError) return failedWithoutScript(error.message);
  log.debug(`Unexpected: ${error instanceof Error ? error.stack : String(error)}`);
  return failedWithoutScript(
    `${describe(error)} Nothing more is known; the agent's log on the host may say more with verbose: true.`,
  );
}

function failedWithoutScript(message: string): CommandResult {
  return { status: "Failed", code: DIAGNOSTICS_CODES.unknownError, scriptName: "", message, log: "" };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}.`.replace(/\.\.$/, ".") : `${String(error)}.`;
}
