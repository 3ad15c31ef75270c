import { apply } from "../../repair/apply.ts";
import { diagnose } from "../../repair/diagnose.ts";
import { repairText } from "../../repair/messages.ts";
import type { Diagnosis, Repair, RepairOutcome } from "../../repair/repair.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { findDaemon } from "../daemon/daemon-state.ts";
import { type History, readHistory } from "../deployments/history.ts";
import { groupIdOf } from "../plan/group.ts";
import { quietLog } from "../quiet-log.ts";
import { CliError, EXIT, print, printJson } from "../terminal/io.ts";
import { widthOf, wrap } from "../terminal/layout.ts";
import { printable } from "../terminal/printable.ts";
import { styleFor } from "../terminal/style.ts";
import type { RepairOptions } from "./command.ts";

/** `codedeploy-agent repair`. */
export async function repairGroup(given: Given<RepairOptions>, line: CommandLine): Promise<number> {
  const { options, arguments: named } = given;
  const history = await readHistory(given, line);
  const groupId = await groupIdOf(named[0] ?? "", history);
  await requireKnown(groupId, named[0] ?? "", history);
  const daemonRuns = (await findDaemon(history.config, history)).kind !== "not-running";
  const { layout, deployments } = history;
  const request = { groupId, layout, deployments, daemonRuns, forget: options.forgetLastSuccessful === true };
  const diagnosis = await diagnose(request, { fileSystem: history.fileSystem, clock: line.services.clock });
  if (!options.json) print(line.io, ...diagnosisLines(diagnosis, line));
  const doIt = diagnosis.repairs.length > 0 && (await isWanted(options, line));
  if (doIt && daemonRuns) requireNoDaemon(diagnosis.repairs);
  const outcomes = doIt ? await applyAll(diagnosis.repairs, { groupId, history, line }) : [];
  if (options.json) printJson(line.io, { groupId, ...diagnosis, outcomes });
  else print(line.io, ...outcomes.map((outcome) => outcomeLine(outcome, line)));
  return outcomes.filter(({ done }) => done).length === diagnosis.repairs.length ? EXIT.done : EXIT.failed;
}

async function requireKnown(groupId: string, given: string, { layout, fileSystem }: History): Promise<void> {
  const paths = [layout.group(groupId), layout.lastSuccessfulFile(groupId), layout.journalFile(groupId)];
  for (const path of paths) if ((await fileSystem.status(path)) !== undefined) return;
  throw new CliError(
    `${layout.root} knows no deployment group ${given}. Run codedeploy-agent deployments to see them.`,
  );
}

/** A daemon may be in the middle of what is repaired; forgetting a revision is safe at any time. */
function requireNoDaemon(repairs: readonly Repair[]): void {
  if (repairs.every(({ kind }) => kind === "forget-last-successful")) return;
  throw new CliError("The agent is running and may be at work on this. Run codedeploy-agent stop first.");
}

async function isWanted({ yes, dryRun, json }: RepairOptions, { io }: CommandLine): Promise<boolean> {
  if (dryRun) return false;
  if (yes) return true;
  const answer = json ? undefined : await io.ask("Do it? [y/N] ");
  if (answer === undefined && !json)
    throw new CliError("Nothing was done: there is no terminal to ask on. Give --yes to do it.");
  return /^y(es)?$/i.test(answer?.trim() ?? "");
}

interface Place {
  readonly groupId: string;
  readonly history: History;
  readonly line: CommandLine;
}

async function applyAll(repairs: readonly Repair[], { groupId, history, line }: Place): Promise<RepairOutcome[]> {
  const { accessControl } = await line.services.hostLook();
  const { layout, fileSystem } = history;
  const outcomes: RepairOutcome[] = [];
  for (const repair of repairs) {
    outcomes.push(await apply(repair, { groupId, layout }, { fileSystem, accessControl, log: quietLog }));
  }
  return outcomes;
}

function diagnosisLines({ repairs, notes }: Diagnosis, { io }: CommandLine): readonly string[] {
  const width = widthOf(io);
  const style = styleFor(io);
  const block = (lead: string, text: string) =>
    wrap(printable(text), width - lead.length).map((part, index) =>
      index === 0 ? `${lead}${part}` : `${" ".repeat(lead.length)}${part}`,
    );
  return [
    ...repairs.flatMap((repair, index) => {
      const { does, follows } = repairText(repair);
      return [...block(`${index + 1}. `, does), ...block("   ", follows).map((text) => style.faint(text))];
    }),
    ...(repairs.length === 0 ? ["There is nothing to repair."] : []),
    ...notes.flatMap((note) => block("- ", note)),
  ];
}

function outcomeLine({ done, message }: RepairOutcome, { io }: CommandLine): string {
  const style = styleFor(io);
  return `${done ? style.good("done   ") : style.bad("FAILED ")} ${printable(message)}`;
}
