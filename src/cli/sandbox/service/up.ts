import { once } from "node:events";
import { join } from "node:path";
import { SandboxClient } from "../../../sandbox/client/sandbox-client.ts";
import { prepareDataDirectory } from "../../../sandbox/data-directory.ts";
import { readRunning } from "../../../sandbox/running-file.ts";
import { type Sandbox, startSandbox } from "../../../sandbox/start-sandbox.ts";
import { detach } from "../detach.ts";
import { dataDirectory, downCommand } from "../endpoint.ts";
import { CliFailure, EXIT, type SandboxIo } from "../io.ts";
import { styleFor } from "../terminal/style.ts";

export interface UpOptions {
  readonly port: number;
  readonly data?: string;
  readonly state?: string;
  readonly longPoll: number;
  readonly redeliver: number;
  readonly host: string;
  readonly timeScale: number;
  readonly anyKey: boolean;
  readonly detach: boolean;
  readonly json: boolean;
}

/** Runs a sandbox in the foreground until it is told to stop. */
export async function up(options: UpOptions, io: SandboxIo): Promise<number> {
  const directory = dataDirectory(options.state ?? options.data, io.environment);
  await requireFree(directory);
  await prepareDataDirectory(directory);
  if (options.detach) return upInBackground(directory, options, io);
  const sandbox = await startSandbox({
    dataDirectory: directory,
    port: options.port,
    host: options.host,
    longPollSeconds: options.longPoll,
    redeliverSeconds: options.redeliver,
    timeScale: options.timeScale,
    keepState: options.state !== undefined,
    checkSignatures: !options.anyKey,
  });
  try {
    announce(sandbox, { directory, json: options.json, io });
    if (!io.stop.aborted) await once(io.stop, "abort");
  } finally {
    await sandbox.close();
  }
  if (!options.json) io.stdout.write("Stopped.\n");
  return EXIT.done;
}

async function upInBackground(directory: string, { json }: UpOptions, io: SandboxIo): Promise<number> {
  const log = join(directory, "sandbox.log");
  const isReady = async (processId: number) => readRunning(directory)?.processId === processId;
  const processId = await detach({ log, io, isReady });
  const url = readRunning(directory)?.url ?? "";
  const facts = { url, dataDirectory: directory, log, processId };
  const lines = [
    `Sandbox   ${styleFor(io).strong(url)}   (a local CodeDeploy: no AWS account needed)`,
    `State     ${directory}`,
    `Process   ${processId} in the background; stop it with ${downCommand(directory, io.environment)}`,
  ];
  io.stdout.write(json ? `${JSON.stringify(facts)}\n` : `${lines.join("\n")}\n`);
  return EXIT.done;
}

async function requireFree(directory: string): Promise<void> {
  const running = readRunning(directory);
  if (running === undefined || !(await answers(running.url, directory))) return;
  throw new CliFailure(
    `A sandbox (process ${running.processId}) runs already with the data directory ${directory}, at ${running.url}. Use it, stop it, or give another --data.`,
  );
}

/** Whether the sandbox of the data directory answers; another program may have got its port since. */
async function answers(url: string, directory: string): Promise<boolean> {
  try {
    return (await new SandboxClient(url).describe()).dataDirectory === directory;
  } catch {
    // Whatever else answers, or does not, is no sandbox that could be disturbed.
    return false;
  }
}

function announce(
  { url, port, caFile }: Sandbox,
  { directory, json, io }: { directory: string; json: boolean; io: SandboxIo },
): void {
  if (json) {
    const facts = { url, port, dataDirectory: directory, caFile, processId: process.pid };
    io.stdout.write(`${JSON.stringify(facts)}\n`);
    return;
  }
  const { strong } = styleFor(io);
  io.stdout.write(
    [
      `Sandbox   ${strong(url)}   (a local CodeDeploy: no AWS account needed)`,
      `State     ${directory}`,
      "",
      "AWS CLI and SDKs:  eval $(codedeploy-sandbox env)",
      "Connect an agent:  codedeploy-sandbox configure-agent host-1 --dir ./host-1",
      "Deploy:            codedeploy-sandbox deploy --source ./app \\",
      "                     --application app --group demo --hosts host-1",
      "Stop with Ctrl-C.",
      "",
    ].join("\n"),
  );
}
