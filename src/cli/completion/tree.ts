import type { Command } from "commander";

/** An option as a shell completes it. */
export interface CompletedOption {
  /** As in `--format` and `-A`. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** Values it can have; empty for anything. */
  readonly choices: readonly string[];
}

/** A command as a shell completes it. */
export interface CompletedCommand {
  /** Words that lead to it, the program's name not included. */
  readonly way: readonly string[];
  readonly description: string;
  readonly options: readonly CompletedOption[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  /** Values of its arguments; empty for files. */
  readonly choices: readonly string[];
}

/** The program and every command below it. */
export function completedCommands(program: Command): readonly CompletedCommand[] {
  const open: { readonly command: Command; readonly way: readonly string[] }[] = [{ command: program, way: [] }];
  const found: CompletedCommand[] = [];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { command, way } = next;
    found.push({ ...describe(command), way });
    open.push(...command.commands.map((inner) => ({ command: inner, way: [...way, inner.name()] })));
  }
  return found;
}

function describe(command: Command): Omit<CompletedCommand, "way"> {
  const help = command.createHelp();
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
  return {
    description: command.summary() || command.description(),
    options: options.map(({ short, long, description, required, optional, argChoices }) => ({
      flags: [short, long].filter((flag) => flag !== undefined),
      description,
      takesValue: required || optional,
      choices: argChoices ?? [],
    })),
    commands: command.commands.map((inner) => ({ name: inner.name(), description: inner.summary() })),
    choices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
  };
}
