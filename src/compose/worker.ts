import { setTimeout as delay } from "node:timers/promises";
import { createWorker } from "../commands/worker.ts";
import { claimRoot } from "../host/daemon/instance-lock.ts";
import { noteRunningScripts } from "../host/processes/running-scripts.ts";
import { channelLog, serveWorker, type WorkerChannel } from "../host/worker/serve.ts";
import type { CommandWorker } from "../ports/command-worker.ts";
import type { Log } from "../ports/log.ts";
import { connectionOf } from "./connection.ts";
import { hostSettings, localPorts } from "./host.ts";
import { remoteRevisionsOf } from "./revisions.ts";
import { createVerifier } from "./verifier.ts";
import { receivedOnPremises, type WorkerSetup } from "./worker-setup.ts";

/** A worker that was told to end is gone in a moment. */
const CLAIM_AGAIN_MS = 20;
const MOST_CLAIMS = 500;

/** Carries out what the daemon at the other end of a channel asks for. */
export function serveDaemon(channel: WorkerChannel): void {
  const log = channelLog(channel);
  serveWorker<WorkerSetup>(channel, async (setup) => {
    await claimWork(setup.config.root_dir);
    return composeWorker(setup, { log, channel });
  });
}

/** No two workers may be at work on a host, not even for a moment while one that was told to end does so. */
async function claimWork(root: string): Promise<void> {
  for (let claims = 0; "heldBy" in (await claimRoot(root, "worker")); claims++) {
    if (claims === MOST_CLAIMS) throw new Error(`another process still carries out commands in ${root}`);
    await delay(CLAIM_AGAIN_MS);
  }
}

async function composeWorker(
  { config, onPremises: plain, identity, wire }: WorkerSetup,
  { log, channel }: { readonly log: Log; readonly channel: WorkerChannel },
): Promise<CommandWorker> {
  const environment = { ...process.env };
  const onPremises = plain && receivedOnPremises(plain);
  const settings = hostSettings(config, environment, onPremises);
  const sink = wire ? (line: string) => channel.send({ kind: "wire", line }) : undefined;
  const connection = await connectionOf({ config, onPremises, environment, log, wire: sink });
  const ports = localPorts(log, { running: noteRunningScripts(settings.layout.runningScripts) });
  return createWorker({
    verifier: await createVerifier(config),
    settings,
    ports: { ...ports, revisions: remoteRevisionsOf(connection, identity) },
  });
}
