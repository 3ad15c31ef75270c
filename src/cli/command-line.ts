import type { Command } from "commander";
import type { Services } from "./services.ts";
import type { Io } from "./terminal/io.ts";

/** Which program this is. */
export interface ProgramVersion {
  readonly version: string;
  /** Abbreviated commit it was built from; undefined when it is not known. */
  readonly commit: string | undefined;
  /** As in `Node.js 20.20.2`. */
  readonly runtime: string;
}

/** What every command works with. */
export interface CommandLine {
  readonly io: Io;
  readonly program: ProgramVersion;
  /** Real things of the host, each built when a command needs it, so that `--help` answers at once. */
  readonly services: Services;
}

/** Options that may be given to every command. */
export interface GlobalOptions {
  readonly configFile?: string;
}

/** What was given to a command. */
export interface Given<Options> {
  readonly options: Options & GlobalOptions;
  readonly arguments: readonly string[];
  /** The whole program, for what describes it. */
  readonly root: Command;
}

/**
 * One command of `codedeploy-agent`: what `--help`, the completion scripts and the manual say of it, and what it does.
 * Whatever `run` needs beyond this is imported when it runs.
 */
export interface CommandDefinition<Options = never> {
  /** With its arguments, as in `logs <deployment>`. */
  readonly usage: string;
  /** Less than a line, without a full stop. */
  readonly summary: string;
  /** More about it; absent when the summary says all. */
  readonly description?: string;
  /** Adds its options. */
  readonly options?: (command: Command) => Command;
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** What else to know, after the examples: exit statuses above all. */
  readonly notes?: string;
  /** Resolves with the exit status. Absent when it only has commands of its own. */
  readonly run?: (given: Given<Options>, line: CommandLine) => Promise<number>;
  readonly commands?: readonly AnyCommand[];
}

/** A command whatever its options. */
export type AnyCommand = CommandDefinition<never>;

/** Names a definition's options, so that `run` is checked against them. */
export function defineCommand<Options>(definition: CommandDefinition<Options>): AnyCommand {
  // The options come from the same definition's `options`, so what `run` gets is what it names.
  return definition as unknown as AnyCommand;
}
