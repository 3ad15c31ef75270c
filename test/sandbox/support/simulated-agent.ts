/** A command as it comes over the wire. */
export interface WireCommand {
  readonly HostCommandIdentifier: string;
  readonly HostIdentifier: string;
  readonly DeploymentExecutionId: string;
  readonly CommandName: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

const SERVICES = {
  "codedeploy-commands": "CodeDeployCommandService_v20141006",
  "codedeploy-commands-secure": "CodeDeployCommandService",
} as const;

/** An Authorization header with the right form and a made-up signature. */
export function authorization(service: string, region = "us-east-1"): string {
  const signature = "0".repeat(64);
  return `AWS4-HMAC-SHA256 Credential=SANDBOXKEY/20261124/${region}/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`;
}

/** Calls an operation of the commands API. */
export async function call(
  url: string,
  operation: string,
  input: unknown,
  options: { readonly service?: keyof typeof SERVICES; readonly headers?: object; readonly signal?: AbortSignal } = {},
): Promise<WireAnswer> {
  const service = options.service ?? "codedeploy-commands";
  const answer = await fetch(url, {
    method: "POST",
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `${SERVICES[service]}.${operation}`,
      "x-amz-codedeploy-agent-version": "simulated-1",
      authorization: authorization(service),
      ...options.headers,
    },
    body: typeof input === "string" ? input : JSON.stringify(input),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? {} : JSON.parse(text), headers: answer.headers };
}

/** What a simulated agent does with an event. */
export type EventOutcome = "ok" | "noop" | "fail";

/** An agent that runs nothing: it answers each event as it is told to. Its host is a name or an ARN. */
export class SimulatedAgent {
  readonly hostIdentifier: string;
  readonly #url: string;
  readonly #outcome: (event: string) => EventOutcome;

  constructor(url: string, host: string, outcome: (event: string) => EventOutcome = () => "ok") {
    this.#url = url;
    this.hostIdentifier = host.startsWith("arn:") ? host : `arn:aws:iam::123456789012:user/${host}`;
    this.#outcome = outcome;
  }

  async poll(signal?: AbortSignal): Promise<WireCommand | undefined> {
    const options = signal === undefined ? {} : { signal };
    const { body } = await call(this.#url, "PollHostCommand", { HostIdentifier: this.hostIdentifier }, options);
    return body["HostCommand"] as WireCommand | undefined;
  }

  specification({ DeploymentExecutionId }: WireCommand): Promise<WireAnswer> {
    const input = { DeploymentExecutionId, HostIdentifier: this.hostIdentifier };
    return call(this.#url, "GetDeploymentSpecification", input);
  }

  acknowledge({ HostCommandIdentifier }: WireCommand, isNoop = false): Promise<WireAnswer> {
    const Diagnostics = { Format: "JSON", Payload: JSON.stringify({ IsCommandNoop: isNoop }) };
    return call(this.#url, "PutHostCommandAcknowledgement", { HostCommandIdentifier, Diagnostics });
  }

  complete({ HostCommandIdentifier }: WireCommand, failure?: { message: string; log: string }): Promise<WireAnswer> {
    const Payload = JSON.stringify({
      error_code: failure === undefined ? 0 : 4,
      script_name: failure === undefined ? "" : "scripts/a.sh",
      message: failure?.message ?? "Succeeded: ",
      log: failure?.log ?? "",
    });
    const CommandStatus = failure === undefined ? "Succeeded" : "Failed";
    const Diagnostics = { Format: "JSON", Payload };
    return call(this.#url, "PutHostCommandComplete", { HostCommandIdentifier, CommandStatus, Diagnostics });
  }

  /** Polls once and does what comes; false when nothing came. */
  async step(): Promise<boolean> {
    const command = await this.poll();
    if (command === undefined) return false;
    const outcome = this.#outcome(command.CommandName);
    await this.acknowledge(command, outcome === "noop");
    await this.complete(command, outcome === "fail" ? { message: "it broke", log: "[stderr]boom\n" } : undefined);
    return true;
  }
}

/** Lets agents take turns until no one has anything to do. */
export async function runAgents(agents: readonly SimulatedAgent[]): Promise<void> {
  for (;;) {
    const busy = await Promise.all(agents.map((agent) => agent.step()));
    if (!busy.includes(true)) return;
  }
}

/** A revision that nobody downloads. */
export const REVISION = { bucket: "revisions", key: "app.tgz", bundleType: "tgz" } as const;
