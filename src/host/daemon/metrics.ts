/** What is measured of the agent, read when somebody asks. */
export interface MetricFacts {
  readonly healthy: boolean;
  readonly paused: boolean;
  readonly runningCommands: number;
  readonly answeredPolls: number;
  readonly failedPolls: number;
  /** Milliseconds since the epoch. */
  readonly lastAnswerMs: number | undefined;
}

/** Counts what happens and shows it in Prometheus' format. */
export interface Metrics {
  /** Notes the end of a command. @param outcome `succeeded`, `failed` or `nothing` */
  commandEnded(event: string, outcome: string, seconds: number): void;
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Hooks may run for an hour, DownloadBundle for minutes, and most events for less than a second. */
const DURATION_BUCKETS_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600];

/** Metrics of an agent; the library is loaded now, so that an agent without metrics does without it. */
export async function createMetrics(version: string, read: () => MetricFacts): Promise<Metrics> {
  const { Counter, Gauge, Histogram, Registry } = (await import("prom-client")).default;
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, value: (facts: MetricFacts) => number | undefined) =>
    new Gauge({
      name: `codedeploy_agent_${name}`,
      help,
      registers,
      collect() {
        const current = value(read());
        if (current !== undefined) this.set(current);
      },
    });
  new Gauge({ name: "codedeploy_agent_info", help: "Version of the agent.", labelNames: ["version"], registers }).set(
    { version },
    1,
  );
  gauge("healthy", "1 when the agent works, 0 when it hangs or the service does not answer.", (facts) =>
    Number(facts.healthy),
  );
  gauge("paused", "1 when the agent takes no new commands.", (facts) => Number(facts.paused));
  gauge("running_commands", "Commands that are being executed.", (facts) => facts.runningCommands);
  gauge("last_successful_poll_timestamp_seconds", "When the command service answered last.", ({ lastAnswerMs }) =>
    lastAnswerMs === undefined ? undefined : lastAnswerMs / 1000,
  );
  new Counter({
    name: "codedeploy_agent_polls_total",
    help: "Polls, by how they went.",
    labelNames: ["outcome"],
    registers,
    collect() {
      const { answeredPolls, failedPolls } = read();
      this.reset();
      this.inc({ outcome: "answered" }, answeredPolls);
      this.inc({ outcome: "failed" }, failedPolls);
    },
  });
  const commands = new Counter({
    name: "codedeploy_agent_commands_total",
    help: "Commands that have ended, by event and outcome.",
    labelNames: ["event", "outcome"],
    registers,
  });
  const durations = new Histogram({
    name: "codedeploy_agent_command_duration_seconds",
    help: "How long commands took, by event.",
    labelNames: ["event"],
    buckets: DURATION_BUCKETS_SECONDS,
    registers,
  });
  return {
    commandEnded(event, outcome, seconds) {
      commands.inc({ event, outcome });
      durations.observe({ event }, seconds);
    },
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
