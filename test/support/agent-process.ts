import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { stringify } from "yaml";
import { eventually } from "./eventually.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/codedeploy-agent.js", import.meta.url));
/** Made-up keys; no output may ever show the secret one. */
export const SECRET_KEY = "test-secret-access-key-0123456789";

/** A host for an agent: a directory with the configuration, the logs and the state. */
export class AgentHost {
  readonly name: string;
  readonly directory: string;
  readonly configFile: string;
  readonly root: string;
  readonly logFile: string;
  #child: ChildProcess | undefined;
  #output = "";

  /** @param changes keys laid over a configuration that polls the sandbox at `url` */
  constructor(name: string, url: string, changes: Readonly<Record<string, unknown>> = {}) {
    this.name = name;
    this.directory = temporaryDirectory();
    this.root = join(this.directory, "root");
    this.configFile = join(this.directory, "agent.yml");
    this.logFile = join(this.directory, "logs/codedeploy-agent.log");
    const onPremises = join(this.directory, "onpremises.yml");
    writeFileSync(onPremises, stringify(onPremisesIdentity(name)), { mode: 0o600 });
    const config = {
      root_dir: this.root,
      log_dir: join(this.directory, "logs"),
      pid_dir: join(this.directory, "state"),
      on_premises_config_file: onPremises,
      deploy_control_endpoint: url,
      s3_endpoint_override: url,
      wait_between_runs: 0.1,
      ...changes,
    };
    writeFileSync(this.configFile, stringify(config));
    mkdirSync(join(this.directory, "logs"));
  }

  /** Starts an agent; it is killed when the test has finished. */
  start(environment: Readonly<Record<string, string>> = {}, options: readonly string[] = []): this {
    const child = spawn(process.execPath, [PROGRAM, "run", "--config-file", this.configFile, ...options], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
      });
    this.#child = child;
    onTestFinished(() => {
      child.kill("SIGKILL");
    });
    return this;
  }

  /** Sends a signal to the running agent. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Stops reading what the agent prints, as a terminal that is closed does. */
  closeOutputs(): void {
    this.#child?.stdout?.destroy();
    this.#child?.stderr?.destroy();
  }

  /** Exit status of the agent once it has ended; null when a signal ended it. */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) throw new Error("the agent was not started");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return child.exitCode;
  }

  /** Stops the agent as an operator would. */
  async stop(): Promise<number | null> {
    this.signal("SIGTERM");
    return this.ended();
  }

  /** Everything the agents of this host have printed. */
  get output(): string {
    return this.#output;
  }

  /** The agents' log file. */
  get log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, "utf8") : "";
  }

  /** Waits until the log has a line that matches. */
  async logged(pattern: RegExp): Promise<string> {
    return eventually(() => {
      const line = this.log.split("\n").find((candidate) => pattern.test(candidate));
      if (line === undefined) throw new Error(`no line matches ${pattern}:\n${this.log}`);
      return line;
    }, 20);
  }
}

function onPremisesIdentity(name: string): object {
  return {
    region: "us-east-1",
    iam_user_arn: `arn:aws:iam::123456789012:user/${name}`,
    aws_access_key_id: "AKIDTEST",
    aws_secret_access_key: SECRET_KEY,
  };
}
