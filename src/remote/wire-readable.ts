/** Enough to see what a call is about; the wire log has the rest. */
const MOST_BODY = 300;

interface WireRecord {
  readonly durationMs?: number;
  readonly error?: string;
  readonly request?: { readonly headers?: Record<string, string>; readonly body?: unknown; readonly url?: string };
  readonly response?: { readonly status?: number; readonly body?: unknown };
}

/**
 * A line of the wire log, in which nothing secret is left, as a sentence:
 * `PollHostCommand: 200 after 12 ms. Sent {...}, got {...}`
 */
export function readableCall(line: string): string {
  const { durationMs = 0, error, request = {}, response }: WireRecord = JSON.parse(line);
  const target = Object.entries(request.headers ?? {}).find(([name]) => name.toLowerCase() === "x-amz-target")?.[1];
  const operation = target?.split(".").at(-1) ?? request.url ?? "A call";
  const outcome = response === undefined ? `failed (${error ?? "unknown"})` : String(response.status);
  const got = response?.body === undefined ? "" : `, got ${shortened(response.body)}`;
  const sent = request.body === undefined ? "" : `. Sent ${shortened(request.body)}`;
  return `${operation}: ${outcome} after ${Math.round(durationMs)} ms${sent}${got}`;
}

function shortened(body: unknown): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return text.length > MOST_BODY ? `${text.slice(0, MOST_BODY)}... (${text.length} characters)` : text;
}
