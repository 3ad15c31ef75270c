import type { AcknowledgementEntry, CompletionEntry, JournalEntry } from "../model/command.ts";
import type { CommandRow } from "../store/rows.ts";
import type { Table } from "../store/store.ts";

export interface CommandDeskOptions {
  readonly commands: Table<CommandRow>;
  readonly redeliverSeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

type NewEntry<Entry extends JournalEntry> = Omit<Entry, "sequence" | "at">;

/** Hands commands out to hosts and keeps the journal of what agents did with them. */
export class CommandDesk {
  readonly #options: CommandDeskOptions;
  /** Commands that may still have to be handed out, by host, oldest first. */
  readonly #open = new Map<string, Set<string>>();
  readonly #byExecution = new Map<string, string>();
  #sequence = 0;

  constructor(options: CommandDeskOptions) {
    this.#options = options;
    for (const command of options.commands.all()) this.#index(command);
  }

  /** Makes a command ready to be handed out. */
  add(command: CommandRow): void {
    this.#options.commands.put(command.id, command);
    this.#index(command);
  }

  /** Takes a command back: it is not handed out any more. */
  withdraw(command: CommandRow): void {
    this.#settle({ ...command, phase: "withdrawn" });
  }

  /** Forgets a command and its journal. */
  forget(id: string): void {
    const command = this.get(id);
    if (command === undefined) return;
    this.#close(command);
    this.#byExecution.delete(command.deploymentExecutionId);
    this.#options.commands.delete(id);
  }

  get(id: string): CommandRow | undefined {
    return this.#options.commands.get(id);
  }

  byExecution(deploymentExecutionId: string): CommandRow | undefined {
    return this.get(this.#byExecution.get(deploymentExecutionId) ?? "");
  }

  /** Hands out the oldest command of a host that is ready, or that was handed out and never acknowledged. */
  take(host: string, agentVersion: string | undefined): CommandRow | undefined {
    const command = this.#waiting(host).find((candidate) => this.#dueAt(candidate) <= this.#options.now());
    if (command === undefined) return undefined;
    const delivery = this.#entry<JournalEntry>({ agentVersion });
    return this.#keep({ ...command, phase: "delivered", deliveries: [...command.deliveries, delivery] });
  }

  /** The commands of a host that have been handed out, newest first. */
  handedOut(host: string): readonly CommandRow[] {
    const isHandedOut = (command: CommandRow) => command.host === host && command.deliveries.length > 0;
    return [...this.#options.commands.all()].filter(isHandedOut).reverse();
  }

  /** Hands out a command once more, whatever has become of it. */
  handOutAgain(id: string, agentVersion: string | undefined): CommandRow | undefined {
    const command = this.get(id);
    if (command === undefined) return undefined;
    const delivery = this.#entry<JournalEntry>({ agentVersion });
    return this.#keep({ ...command, deliveries: [...command.deliveries, delivery] });
  }

  /** When the next command of a host can be handed out; `Infinity` without one. */
  nextDueAt(host: string): number {
    return Math.min(...this.#waiting(host).map((command) => this.#dueAt(command)));
  }

  /** Takes back a command whose delivery did not reach the agent. */
  putBack({ id, deliveries }: CommandRow): void {
    const current = this.get(id);
    if (current?.phase === "delivered" && current.deliveries.length === deliveries.length) {
      this.#keep({ ...current, phase: "ready" });
    }
  }

  specificationFetched(command: CommandRow, entry: NewEntry<JournalEntry>): void {
    this.#keep({ ...command, specifications: [...command.specifications, this.#entry<JournalEntry>(entry)] });
  }

  acknowledged(command: CommandRow, entry: NewEntry<AcknowledgementEntry>): CommandRow {
    const acknowledgements = [...command.acknowledgements, this.#entry<AcknowledgementEntry>(entry)];
    const isOver = command.phase === "completed" || command.phase === "withdrawn";
    const phase = isOver ? command.phase : "acknowledged";
    return this.#settle({ ...command, phase, acknowledgements });
  }

  completed(command: CommandRow, entry: NewEntry<CompletionEntry>): CommandRow {
    const completions = [...command.completions, this.#entry<CompletionEntry>(entry)];
    const phase = command.phase === "withdrawn" ? "withdrawn" : "completed";
    return this.#settle({ ...command, phase, completions });
  }

  #index(command: CommandRow): void {
    this.#byExecution.set(command.deploymentExecutionId, command.id);
    const entries = [command.deliveries, command.specifications, command.acknowledgements, command.completions].flat();
    this.#sequence = Math.max(this.#sequence, ...entries.map(({ sequence }) => sequence));
    if (command.phase !== "ready" && command.phase !== "delivered") return;
    const open = this.#open.get(command.host) ?? new Set();
    this.#open.set(command.host, open.add(command.id));
  }

  #waiting(host: string): readonly CommandRow[] {
    return [...(this.#open.get(host) ?? [])].flatMap((id) => this.get(id) ?? []);
  }

  #dueAt({ phase, deliveries }: CommandRow): number {
    const last = deliveries.at(-1);
    return phase === "ready" || last === undefined ? 0 : last.at + this.#options.redeliverSeconds * 1000;
  }

  #settle(command: CommandRow): CommandRow {
    this.#close(command);
    return this.#keep(command);
  }

  #close({ host, id }: CommandRow): void {
    const open = this.#open.get(host);
    open?.delete(id);
    if (open?.size === 0) this.#open.delete(host);
  }

  #keep(command: CommandRow): CommandRow {
    this.#options.commands.put(command.id, command);
    return command;
  }

  #entry<Entry extends JournalEntry>(entry: NewEntry<Entry>): NewEntry<Entry> & Pick<JournalEntry, "sequence" | "at"> {
    this.#sequence += 1;
    return { ...entry, sequence: this.#sequence, at: this.#options.now() };
  }
}
