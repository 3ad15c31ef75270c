/** Enough to see what a call is about; the wire log has the rest. */
const MOST_BODY = 300;

interface WireRecord {
  readonly durationMs?: number;
  readonly error?: string;
  readonly request?: {
    readonly method?: string;
    readonly url?: string;
    readonly headers?: Record<string, string>;
    readonly body?: unknown;
  };
  readonly response?: {
    readonly status?: number;
    readonly headers?: Record<string, string>;
    readonly body?: unknown;
  };
}

/**
 * A line of the wire log, in which nothing secret is left, as a sentence:
 * `PollHostCommand: 200 after 12 ms. Sent {...}, got {...}`, or, of what is no call to the command service,
 * `GET https://bucket.s3.eu-central-1.amazonaws.com/app.zip: 200 after 31 ms, 4203 bytes`
 */
export function readableCall(line: string): string {
  const { durationMs = 0, error, request = {}, response }: WireRecord = JSON.parse(line);
  const outcome = response === undefined ? `failed (${error ?? "unknown"})` : String(response.status);
  const sent = request.body === undefined ? "" : `. Sent ${shortened(request.body)}`;
  return `${named(request)}: ${outcome} after ${Math.round(durationMs)} ms${sent}${gotText(response)}`;
}

function named({ method = "", url = "", headers }: NonNullable<WireRecord["request"]>): string {
  return header(headers, "x-amz-target")?.split(".").at(-1) ?? (`${method} ${url}`.trim() || "A call");
}

function gotText(response: WireRecord["response"]): string {
  if (response?.body !== undefined) return `, got ${shortened(response.body)}`;
  const bytes = header(response?.headers, "content-length");
  return bytes === undefined ? "" : `, ${bytes} bytes`;
}

function header(headers: Readonly<Record<string, string>> = {}, wanted: string): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function shortened(body: unknown): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return text.length > MOST_BODY ? `${text.slice(0, MOST_BODY)}... (${text.length} characters)` : text;
}
