import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { Output } from "../../../src/cli/sandbox/io.ts";
import { run } from "../../../src/cli/sandbox/program.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { SimulatedAgent } from "./simulated-agent.ts";

/** How the program ended, and what it wrote. */
export interface CliEnded {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly stop?: AbortSignal;
  /** What is known of the terminal that it writes to, if to one. */
  readonly terminal?: Partial<Output>;
  /** Told what is written, as it is written. */
  readonly onText?: (text: string) => void;
}

/** Runs the program in this process. */
export async function cli(
  argv: readonly string[],
  environment: Record<string, string> = {},
  { stop = new AbortController().signal, terminal = {}, onText }: CliOptions = {},
): Promise<CliEnded> {
  let [out, err] = ["", ""];
  const written = (text: string) => {
    onText?.(text);
    return text;
  };
  const status = await run(argv, {
    stdout: { ...terminal, write: (text) => (out += written(text)) },
    stderr: { write: (text) => (err += written(text)) },
    environment,
    version: "1.2.3",
    program: [process.execPath, "codedeploy-sandbox.js"],
    stop,
  });
  return { status, out, err };
}

/** Agents that go on polling until the test has finished. */
export function workingAgents(
  url: string,
  hosts: readonly string[],
  outcome?: ConstructorParameters<typeof SimulatedAgent>[2],
) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  for (const host of hosts) {
    const agent = new SimulatedAgent(url, host, outcome);
    (async () => {
      while (!stop.signal.aborted) if (!(await agent.step())) await delay(10);
    })().catch(() => undefined);
  }
}

/** A sandbox that a user has started with `up`; it ends with the test. */
export async function sandboxOfUser(words: readonly string[] = []) {
  const XDG_STATE_HOME = temporaryDirectory();
  const stop = new AbortController();
  const running = cli(["up", "--json", "--long-poll", "0", ...words], { XDG_STATE_HOME }, { stop: stop.signal });
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  const file = join(XDG_STATE_HOME, "codedeploy-sandbox", "sandbox.json");
  while (statSync(file, { throwIfNoEntry: false }) === undefined) await delay(20);
  const { url }: { readonly url: string } = JSON.parse(readFileSync(file, "utf8"));
  return { XDG_STATE_HOME, url };
}
