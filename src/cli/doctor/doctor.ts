import { ConfigError } from "../../config/config-error.ts";
import { type LoadedConfig, loadConfig } from "../../config/load.ts";
import { loadOnPremisesConfig } from "../../config/on-premises.ts";
import { Layout } from "../../deployment/layout.ts";
import { CHECKS, lookAt } from "../../doctor/checks.ts";
import type { DoctorContext, DoctorPorts, SeenDaemon } from "../../doctor/context.ts";
import { type Finding, fail, type Verdict } from "../../doctor/finding.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { findDaemon } from "../daemon/daemon-state.ts";
import { EXIT, type Io, print, printJson } from "../terminal/io.ts";
import { widthOf, wrap } from "../terminal/layout.ts";
import { printable } from "../terminal/printable.ts";
import { count } from "../terminal/quantities.ts";
import { type Style, styleFor } from "../terminal/style.ts";
import type { DoctorOptions } from "./command.ts";

const CHECK_WITHIN_MS = 10_000;

interface Examined extends Finding {
  readonly name: string;
}

/** `codedeploy-agent doctor`. */
export async function examine(given: Given<DoctorOptions>, line: CommandLine): Promise<number> {
  const { io } = line;
  const examined: Examined[] = [];
  for await (const finding of findings(given, line)) {
    examined.push(finding);
    if (!given.options.json) print(io, ...findingLines(finding, io));
  }
  const number = (verdict: Verdict) => examined.filter((one) => one.verdict === verdict).length;
  if (given.options.json) printJson(io, { healthy: number("fail") === 0, checks: examined });
  else print(io, `${count(number("fail"), "failure")}, ${count(number("warn"), "warning")}`);
  return number("fail") === 0 ? EXIT.done : EXIT.failed;
}

async function* findings(given: Given<DoctorOptions>, line: CommandLine): AsyncGenerator<Examined> {
  let context: DoctorContext;
  try {
    context = await contextOf(given, line);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const remedy = "codedeploy-agent config check; everything else rests on it";
    yield { name: "configuration", ...fail(error.message.replaceAll("\n", " ").replace(/\.$/, ""), remedy) };
    return;
  }
  // All at once, for some of them wait for the network; shown in their order.
  const looked = CHECKS.map((check) => ({ name: check.name, finding: lookAt(check, context) }));
  for (const { name, finding } of looked) yield { name, ...(await finding) };
}

async function contextOf({ options }: Given<DoctorOptions>, line: CommandLine): Promise<DoctorContext> {
  const { io, program, services } = line;
  const fileSystem = await services.fileSystem();
  const loaded = await loadConfig(options.configFile, fileSystem);
  const { config } = loaded;
  const ports = await services.doctorPorts(loaded);
  const signal = AbortSignal.any([AbortSignal.timeout(CHECK_WITHIN_MS), io.interrupted()]);
  return {
    ...ports,
    loaded,
    onPremises: await loadOnPremisesConfig(config.on_premises_config_file, fileSystem),
    layout: new Layout(config.root_dir, config.ongoing_deployment_tracking),
    program,
    environment: io.environment,
    signal,
    daemon: () => seenDaemon(loaded, line),
    commandService: askedOnce(ports, signal),
  };
}

function askedOnce(ports: Omit<DoctorPorts, "daemon">, signal: AbortSignal): DoctorContext["commandService"] {
  let asked: ReturnType<DoctorContext["commandService"]> | undefined;
  const ask = async () => {
    const { region } = await ports.identify(signal);
    const url = ports.commandsEndpoint(region);
    return { url, result: await ports.probe(url, signal) };
  };
  return () => {
    asked ??= ask();
    return asked;
  };
}

async function seenDaemon({ config }: LoadedConfig, { services }: CommandLine): Promise<SeenDaemon> {
  const ports = { fileSystem: await services.fileSystem(), daemons: await services.daemons() };
  const state = await findDaemon(config, ports);
  if (state.kind !== "running") return state;
  const { pid, status } = state;
  const lastPoll = status?.lastPoll ?? undefined;
  const lastPollMs = lastPoll === undefined ? undefined : Date.parse(lastPoll);
  return { kind: "running", pid, detail: status?.detail ?? undefined, phase: status?.phase, lastPollMs };
}

const WORDS: Readonly<Record<Verdict, string>> = { ok: "ok", warn: "warn", fail: "FAIL", skipped: "-" };
const LEAD = 24;

function findingLines({ name, verdict, facts, remedy }: Examined, io: Io): readonly string[] {
  const style = styleFor(io);
  const room = Math.max(20, widthOf(io) - LEAD);
  const told = [...wrap(printable(facts), room), ...(remedy === undefined ? [] : wrap(`-> ${remedy}`, room))];
  return told.map((text, index) =>
    index === 0
      ? `${COLOURS[verdict](style)(WORDS[verdict].padEnd(6))} ${name.padEnd(LEAD - 8)} ${text}`
      : `${" ".repeat(LEAD)}${text}`,
  );
}

const COLOURS: Readonly<Record<Verdict, (style: Style) => (text: string) => string>> = {
  ok: (style) => style.good,
  warn: (style) => style.warn,
  fail: (style) => style.bad,
  skipped: (style) => style.faint,
};
