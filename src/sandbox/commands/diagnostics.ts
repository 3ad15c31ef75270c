import { z } from "zod";
import type { DiagnosticsView } from "../model/deployment.ts";

const Payload = z.object({
  error_code: z.union([z.number(), z.string()]),
  script_name: z.string().catch(""),
  message: z.string().catch(""),
  log: z.string().catch(""),
});

/** Reads the diagnostics of a completion; undefined when there are none or they are of another form. */
export function parseDiagnostics(payload: string | undefined): DiagnosticsView | undefined {
  const parsed = Payload.safeParse(parseJson(payload));
  if (!parsed.success) return undefined;
  const { error_code: errorCode, script_name: scriptName, message, log } = parsed.data;
  return { errorCode, scriptName, message, log };
}

/** Whether the diagnostics of an acknowledgement say that there is nothing to run. */
export function parseIsNoop(payload: string | undefined): boolean {
  const parsed = parseJson(payload);
  return typeof parsed === "object" && parsed !== null && "IsCommandNoop" in parsed && parsed.IsCommandNoop === true;
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
