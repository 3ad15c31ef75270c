/** The codes CodeDeploy shows for a lifecycle event that ended; 0 is success. */
export const DIAGNOSTICS_CODES = {
  success: 0,
  scriptMissing: 1,
  scriptNotExecutable: 2,
  scriptTimedOut: 3,
  scriptFailed: 4,
  unknownError: 5,
  outputsLeftOpen: 6,
  failedAfterRestart: 7,
} as const;

export type DiagnosticsCode = (typeof DIAGNOSTICS_CODES)[keyof typeof DIAGNOSTICS_CODES];

/** How a host command ended, and what the service is told about it. */
export interface CommandResult {
  readonly status: "Succeeded" | "Failed";
  readonly code: DiagnosticsCode;
  /** `location` of the script that failed, "" without one. */
  readonly scriptName: string;
  /** What happened, for the operator who reads it in a console without a shell. */
  readonly message: string;
  /** Newest output of the event's scripts; "" on success. */
  readonly log: string;
}

/** The service refuses a diagnostics payload of more than this many bytes. */
export const MAX_PAYLOAD_BYTES = 8192;
/** The most characters of script output that are sent with a failure. */
export const MAX_LOG_CHARACTERS = 2048;
/** The most bytes of JSON that the name of a script takes, so that the message keeps its room. */
const MAX_SCRIPT_NAME_BYTES = 1024;

/**
 * The success result of a command.
 * @param note what follows "Succeeded: "; the service parses the notes of DownloadBundle and of completed no-ops
 */
export function succeeded(note = ""): CommandResult {
  return {
    status: "Succeeded",
    code: DIAGNOSTICS_CODES.success,
    scriptName: "",
    message: `Succeeded: ${note}`,
    log: "",
  };
}

/**
 * The JSON text of a result's diagnostics, at most {@link MAX_PAYLOAD_BYTES} long.
 * A very long script name is cut at its end, the log from its front (the newest output counts), then the message from
 * its end.
 */
export function diagnosticsPayload(result: CommandResult): string {
  const log = newest(result.log, MAX_LOG_CHARACTERS);
  const scriptName = shortName(result.scriptName);
  for (const [logLength, messageLength] of shrinkingLimits(log.length, result.message.length)) {
    const payload = JSON.stringify({
      error_code: result.code,
      script_name: scriptName,
      message: oldest(result.message, messageLength),
      log: newest(log, logLength),
    });
    if (Buffer.byteLength(payload) <= MAX_PAYLOAD_BYTES) return payload;
  }
  return JSON.stringify({ error_code: result.code, script_name: scriptName, message: "", log: "" });
}

function shortName(scriptName: string): string {
  let name = oldest(scriptName, MAX_SCRIPT_NAME_BYTES);
  while (Buffer.byteLength(JSON.stringify(name)) > MAX_SCRIPT_NAME_BYTES) {
    name = oldest(scriptName, Math.floor(name.length * 0.75));
  }
  return name;
}

/** The last `limit` characters of a text, never starting with half a surrogate pair. */
export function newest(text: string, limit: number): string {
  if (text.length <= limit) return text.toWellFormed();
  const cut = limit === 0 ? "" : text.slice(-limit);
  return cut.replace(/^[\uDC00-\uDFFF]/, "").toWellFormed();
}

function oldest(text: string, limit: number): string {
  if (text.length <= limit) return text.toWellFormed();
  return `${text.slice(0, Math.max(0, limit - 1)).replace(/[\uD800-\uDBFF]$/, "")}…`.toWellFormed();
}

/** Limits for log and message, the log shrinking to nothing before the message does. */
function* shrinkingLimits(log: number, message: number): Generator<readonly [number, number]> {
  for (let limit = log; limit > 0; limit = Math.floor(limit * 0.75)) yield [limit, message];
  for (let limit = message; limit > 0; limit = Math.floor(limit * 0.75)) yield [0, limit];
}
