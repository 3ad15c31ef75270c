import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CommandResult } from "../../src/deployment/diagnostics.ts";
import type { ServiceFault } from "../../src/ports/commands-api.ts";

/** One exchange of the host-command protocol, as test/fixtures/wire/README.md explains it. */
export interface WireFixture {
  readonly name: string;
  readonly what: string;
  readonly service: "plain" | "secure";
  readonly call: WireCall;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly signature: {
      readonly service: string;
      readonly region: string;
      readonly signedHeaders: readonly string[];
    };
    readonly body: string;
  };
  readonly response: WireResponse;
  readonly outcome: { readonly returns?: unknown; readonly fails?: ServiceFault; readonly retryAfterMs?: number };
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type WireCall =
  | { readonly type: "poll"; readonly hostIdentifier: string }
  | { readonly type: "specification"; readonly deploymentExecutionId: string; readonly hostIdentifier: string }
  | { readonly type: "acknowledge"; readonly commandId: string; readonly isNoop: boolean }
  | { readonly type: "complete"; readonly commandId: string; readonly result: CommandResult };

const DIRECTORY = fileURLToPath(new URL("../fixtures/wire", import.meta.url));

/** All exchanges, by name. */
export function wireFixtures(): readonly WireFixture[] {
  return readdirSync(DIRECTORY)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => ({ name: file.slice(0, -5), ...JSON.parse(readFileSync(join(DIRECTORY, file), "utf8")) }));
}
