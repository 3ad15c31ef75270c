import { type Health, healthOf } from "../agent/health.ts";
import type { Progress } from "../agent/progress.ts";
import type { AgentStatus } from "../agent/status.ts";
import type { Config } from "../config/schema.ts";
import { serveHealth } from "../host/daemon/health-server.ts";
import { createMetrics } from "../host/daemon/metrics.ts";
import { errnoOf } from "../ports/errno.ts";
import type { Log } from "../ports/log.ts";
import { VERSION } from "../version.ts";

/** What health is told from. */
export interface HealthParts {
  readonly status: AgentStatus;
  readonly progress: Progress;
  readonly config: Config;
  readonly log: Log;
}

/** Answers health checks where the configuration wants that; a place that cannot be had is said and ends nothing. */
export async function answerHealth(parts: HealthParts): Promise<void> {
  const { status_socket: socket, metrics_port: port } = parts.config;
  const places = [...(socket === undefined ? [] : [{ socket }]), ...(port === undefined ? [] : [{ port }])];
  if (places.length === 0) return;
  const startedMs = Date.now();
  const health = () => healthOf(parts, { nowMs: Date.now(), startedMs });
  const metrics = await createMetrics(VERSION, () => facts(health(), parts.status));
  parts.status.onCommandEnd(({ event, result, durationMs }) => {
    metrics.commandEnded(event, result?.status.toLowerCase() ?? "nothing", durationMs / 1000);
  });
  for (const place of places) await serve(place, { health, metrics: () => metrics.render() }, parts.log);
}

function facts({ healthy }: Health, { view, polls }: AgentStatus) {
  return {
    healthy,
    paused: view.phase === "paused",
    runningCommands: view.running.length,
    answeredPolls: polls.answered,
    failedPolls: polls.failed,
    lastAnswerMs: polls.lastAnswerMs,
  };
}

async function serve(
  place: { readonly socket: string } | { readonly port: number },
  answers: Parameters<typeof serveHealth>[1],
  log: Log,
): Promise<void> {
  try {
    process.once("exit", await serveHealth(place, answers));
  } catch (error) {
    const where = "socket" in place ? `status_socket ${place.socket}` : `metrics_port ${place.port}`;
    log.warn(`Health is not told at ${where} (${errnoOf(error) ?? error}).`);
  }
}
