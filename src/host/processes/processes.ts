import { execa } from "execa";
import type { Holder, ProcessEnd, Processes, ProcessOutcome, ProcessRequest } from "../../ports/processes.ts";
import { type Launch, mayExecute, prepareLaunch } from "./launch.ts";
import { notStarted } from "./not-started.ts";
import { closeReadEnds, closeWriteEnds, type OutputPipe, type OutputPipes, readPipe } from "./output-pipe.ts";
import { OutputPump, readStream } from "./output-pump.ts";
import { type Family, findFamily, holdersOf, processFacts, streamLink, toHolders } from "./process-table.ts";
import { NOT_NOTED, type RunningScripts } from "./running-scripts.ts";
import { SparePipes } from "./spare-pipes.ts";
import { TERMINATION, type TerminationTimes, terminate } from "./terminate.ts";
import { within } from "./within.ts";

/** What can be set for tests; times in milliseconds. */
export interface ProcessesOptions extends Partial<TerminationTimes> {
  /** As `killAfterMs`, when the run was aborted: somebody waits for the agent to end. */
  readonly killAbortedAfterMs?: number;
  /** From the end of a child until it is told that its output is still open. */
  readonly outputLeftOpenAfterMs?: number;
  /** How long output is waited for once a child has ended, when its deadline is nearer. */
  readonly drainMs?: number;
  /** Where the tool that changes the user is looked for. */
  readonly toolDirectories?: readonly string[];
  /** Is told which children run. */
  readonly running?: RunningScripts;
}

type Settings = Required<ProcessesOptions>;

const DEFAULTS: Settings = {
  ...TERMINATION,
  killAbortedAfterMs: 2000,
  outputLeftOpenAfterMs: 5000,
  drainMs: 500,
  toolDirectories: ["/usr/bin", "/bin", "/usr/sbin", "/sbin"],
  running: NOT_NOTED,
};

type Stream = "stdout" | "stderr";

/** A child that runs or has run. */
interface Watched {
  readonly family: Family;
  /** How it ended; pending while it runs. */
  readonly ended: Promise<ProcessEnd>;
  readonly hasEnded: () => boolean;
  /** In the order in which they are looked at. */
  readonly outputs: readonly Output[];
  /** Resolves when nobody holds an output any more. */
  readonly outputsClosed: Promise<unknown>;
}

interface Output {
  readonly stream: Stream;
  readonly pump: OutputPump;
  /** What `/proc` shows where a process has it open; undefined where the child was too fast for us to look. */
  readonly link: string | undefined;
}

/** The processes of this machine. */
export function createProcesses(options: ProcessesOptions = {}): Processes {
  const settings = { ...DEFAULTS, ...options };
  const sparePipes = new SparePipes();
  return {
    async run(request) {
      const launch = await prepareLaunch(request, settings.toolDirectories);
      if (launch.kind === "refused") {
        return { kind: "not-started", reason: launch.reason, errno: launch.errno };
      }
      const pipes = await sparePipes.take();
      const child = start(launch, request.environment, pipes);
      return run({ child, pipes }, launch, { request, settings });
    },
  };
}

interface Run {
  readonly request: ProcessRequest;
  readonly settings: Settings;
}

/** Must be called at once, before the child has had the time to end or to redirect its output. */
async function run({ child, pipes }: Launched, launch: Launch, { request, settings }: Run): Promise<ProcessOutcome> {
  if (pipes !== undefined) closeWriteEnds(pipes);
  if (child.pid === undefined) {
    if (pipes !== undefined) closeReadEnds(pipes);
    const { code, originalMessage } = await child;
    return notStarted(code, originalMessage ?? "the system gave no reason");
  }
  const watched = watch({ child, pid: child.pid, pipes }, request);
  settings.running.begin(watched.family);
  const outcome = await follow(watched, request, settings).finally(() => settings.running.end(watched.family));
  finish(watched);
  return (await startFailed(outcome, launch, request)) ? notStarted("EACCES", "permission denied") : outcome;
}

function start(launch: Launch, environment: Readonly<Record<string, string>>, pipes: OutputPipes | undefined) {
  return execa(launch.file, launch.arguments, {
    ...launch.identity,
    env: environment,
    extendEnv: false,
    stdin: "ignore",
    stdout: descriptorOr("pipe", pipes?.stdout),
    stderr: descriptorOr("pipe", pipes?.stderr),
    // Everything beyond the start is ours: the end of the child and of its outputs are different events.
    buffer: false,
    reject: false,
    // The leader of a group and session of its own, which outlives the agent if need be.
    detached: true,
    cleanup: false,
  });
}

function descriptorOr(fallback: "pipe", pipe: OutputPipe | undefined) {
  // execa takes any descriptor, but its types stop at the greatest digit.
  return pipe === undefined ? fallback : (pipe.writeEnd as 9);
}

interface Launched {
  readonly child: ReturnType<typeof start>;
  /** Undefined where the outputs are streams of the child. */
  readonly pipes: OutputPipes | undefined;
}

interface Started extends Launched {
  readonly pid: number;
}

function watch(started: Started, request: ProcessRequest): Watched {
  const { child, pid } = started;
  const outputs = (["stdout", "stderr"] as const).map((stream) => watchOutput(stream, started, request));
  const leaderStartTime = processFacts(pid)?.startTime ?? 0;
  let hasEnded = false;
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once("exit", (code, signal) => {
      hasEnded = true;
      resolve(signal === null ? { kind: "exited", code: code ?? 0 } : { kind: "killed", signal });
    });
  });
  return {
    family: { leader: pid, leaderStartTime, marker: request.marker },
    ended,
    hasEnded: () => hasEnded,
    outputs,
    outputsClosed: Promise.all(outputs.map(({ pump }) => pump.closed)),
  };
}

function watchOutput(stream: Stream, { child, pid, pipes }: Started, { onOutput }: ProcessRequest): Output {
  const consume = (chunk: Buffer) => onOutput(stream, chunk);
  if (pipes !== undefined) {
    const pipe = pipes[stream];
    return { stream, link: pipe.link, pump: new OutputPump((take) => readPipe(pipe, take), consume) };
  }
  const readable = child[stream];
  if (readable === null) throw new Error(`The child has no ${stream}.`);
  const link = streamLink(pid, stream === "stdout" ? 1 : 2);
  return { stream, link, pump: new OutputPump((take) => readStream(readable, take), consume) };
}

async function follow(child: Watched, request: ProcessRequest, settings: Settings): Promise<ProcessOutcome> {
  const deadline = performance.now() + request.timeoutSeconds * 1000;
  const how = await within(child.ended, request.timeoutSeconds * 1000, request.signal);
  if (how === "done") return followOutputs(child, { request, settings, deadline });

  const killAfterMs = how === "aborted" ? settings.killAbortedAfterMs : settings.killAfterMs;
  const { killed, survivors } = await terminate(child.family, { ...settings, killAfterMs }, child.hasEnded);
  await within(child.outputsClosed, settings.drainMs);
  if (how === "aborted") return { kind: "killed", signal: "SIGTERM" };
  const left = survivors.length === 0 ? {} : { survivors };
  return { kind: "timed-out", afterSeconds: request.timeoutSeconds, killed, ...left };
}

interface FollowOutputs {
  readonly request: ProcessRequest;
  readonly settings: Settings;
  /** On the monotonic clock. */
  readonly deadline: number;
}

/** The child has ended; its outcome counts once its outputs are closed too. */
async function followOutputs(child: Watched, { request, settings, deadline }: FollowOutputs): Promise<ProcessOutcome> {
  const { outputLeftOpenAfterMs, drainMs } = settings;
  const remaining = () => Math.max(deadline - performance.now(), 0);
  const patience = Math.max(remaining(), drainMs);
  const early = await within(child.outputsClosed, Math.min(outputLeftOpenAfterMs, patience), request.signal);
  if (early !== "late") return child.ended;
  if (remaining() > 0) {
    const open = firstOpen(child);
    if (open !== undefined) request.onOutputLeftOpen?.(open.stream, await holders(open, child.family));
    if ((await within(child.outputsClosed, remaining(), request.signal)) !== "late") return child.ended;
  }
  const open = firstOpen(child);
  if (open === undefined) return child.ended;
  const { stream } = open;
  return { kind: "output-left-open", stream, holders: await holders(open, child.family), ended: await child.ended };
}

function firstOpen({ outputs }: Watched): Output | undefined {
  return outputs.find(({ pump }) => pump.isOpen);
}

async function holders({ link }: Output, family: Family): Promise<readonly Holder[]> {
  if (link !== undefined) return holdersOf(link);
  return toHolders((await findFamily(family)).map(({ pid }) => pid));
}

/** Nothing is consumed any more. @throws what a consumer of the output threw */
function finish({ outputs }: Watched): void {
  for (const { pump } of outputs) pump.abandon();
  for (const { pump } of outputs) if (pump.failure !== undefined) throw pump.failure;
}

/**
 * Whether it was the start that failed. setpriv still has root's rights when it executes the program, so that a script
 * its user may not execute fails in the interpreter, with a status that says nothing.
 */
async function startFailed(outcome: ProcessOutcome, launch: Launch, request: ProcessRequest): Promise<boolean> {
  if (!launch.throughTool || outcome.kind !== "exited" || outcome.code === 0) return false;
  return !(await mayExecute(launch, request));
}
