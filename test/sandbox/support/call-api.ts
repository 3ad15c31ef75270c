import { authorization } from "./simulated-agent.ts";

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Calls an operation of the public API with any input, well-formed or not. */
export async function call(url: string, operation: string, input: unknown): Promise<ApiAnswer> {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `CodeDeploy_20141006.${operation}`,
      authorization: authorization("codedeploy"),
    },
    body: typeof input === "string" ? input : JSON.stringify(input),
  });
  return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
}
