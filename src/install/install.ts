import { DeploymentError } from "../deployment/error.ts";
import { ENDINGS, earlierInstallError, reasonOf, stopIfAborted, undoneError, WARNINGS } from "./messages.ts";
import { Narration } from "./narration.ts";
import { type PreparedInstall, prepare } from "./prepare.ts";
import { installRecord } from "./records/operation.ts";
import { recoverGroup } from "./recover.ts";
import type { InstallPorts, InstallRequest, InstallSummary } from "./request.ts";
import { step } from "./step.ts";
import { summaryOf } from "./summary.ts";
import { commit } from "./transaction/commit.ts";
import { finish } from "./transaction/finish.ts";
import { Journal } from "./transaction/journal.ts";
import { stage } from "./transaction/stage.ts";
import { undo } from "./transaction/undo.ts";

/**
 * Installs a revision: all of it or nothing. The plan is checked as a whole before anything changes; what fails later is
 * undone before the error is thrown, or, when even that fails, when the agent starts again.
 * @throws DeploymentError code 5
 */
export async function install(
  request: InstallRequest,
  ports: InstallPorts,
  signal?: AbortSignal,
): Promise<InstallSummary> {
  const { layout, groupId } = request;
  stopIfAborted(signal);
  await endEarlierInstall(request, ports);
  const startedAt = ports.clock.monotonic();
  const prepared = await prepare(request, ports);
  const narration = new Narration(prepared, ports, startedAt);
  narration.planned();
  for (const warning of prepared.plan.warnings) ports.log.warn(warning);

  await step("write", layout.instructions, () => ports.fileSystem.makeDirectories(layout.instructions, 0o755));
  const journal = new Journal(layout.journalFile(groupId), ports.fileSystem);
  const record = () => writeRecord(layout.installFile(groupId), prepared, ports);
  await change(prepared, journal, { ports, signal, record, narration });
  await finishOrWarn(prepared, journal, ports);
  narration.finished();
  return summaryOf(prepared.plan);
}

/** The agent may have failed to undo an Install of the group and gone on since. */
async function endEarlierInstall({ layout, groupId }: InstallRequest, ports: InstallPorts): Promise<void> {
  const earlier = await recoverGroup(groupId, layout, ports);
  if (earlier?.outcome === "failed") throw earlierInstallError(earlier.message);
}

function writeRecord(path: string, { plan }: PreparedInstall, { fileSystem }: InstallPorts): Promise<void> {
  return step("write", path, () => fileSystem.replaceText(path, installRecord(plan), 0o644));
}

interface Change {
  readonly ports: InstallPorts;
  readonly signal: AbortSignal | undefined;
  readonly narration: Narration;
  record(): Promise<void>;
}

async function change(prepared: PreparedInstall, journal: Journal, work: Change): Promise<void> {
  const { ports, signal, record, narration } = work;
  const { plan, transaction, texts, copies } = prepared;
  let inodes: readonly number[] | undefined;
  try {
    await step("write", journal.path, () => journal.begin(transaction));
    const staged = await stage({ plan, puts: transaction.puts, copies, texts, signal, record }, ports);
    inodes = staged;
    narration.staged();
    await step("write", journal.path, () => journal.addInodes(staged));
    await commit(transaction, ports, signal);
    narration.committed();
  } catch (error) {
    throw await undone(error, { transaction, inodes, journal, narration }, ports);
  }
}

interface Begun {
  readonly transaction: PreparedInstall["transaction"];
  readonly inodes: readonly number[] | undefined;
  readonly journal: Journal;
  readonly narration: Narration;
}

/** The error with how it ended: everything is as before, or is going to be. */
async function undone(error: unknown, begun: Begun, ports: InstallPorts): Promise<unknown> {
  const { transaction, inodes, journal, narration } = begun;
  let ending: string = ENDINGS.undone;
  try {
    await undo({ transaction, inodes }, ports);
    await journal.drop();
    narration.undone();
  } catch (failure) {
    ports.log.error(ENDINGS.notUndone(`${reasonOf(failure)}.`));
    ending = ENDINGS.notUndone(`${reasonOf(failure)}.`);
  }
  return error instanceof DeploymentError ? undoneError(error, ending) : error;
}

/** The Install is valid already: what cannot be removed now is no failure of it. */
async function finishOrWarn({ transaction }: PreparedInstall, journal: Journal, ports: InstallPorts): Promise<void> {
  try {
    await finish(transaction, journal, ports);
  } catch (error) {
    ports.log.warn(WARNINGS.notFinished(`${reasonOf(error)}.`));
  }
}
