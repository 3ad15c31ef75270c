import type { CommandLine, Given } from "../command-line.ts";
import { EXIT } from "../terminal/io.ts";
import { bashCompletion } from "./bash.ts";
import type { SHELLS } from "./command.ts";
import { fishCompletion } from "./fish.ts";
import { type CompletedCommand, completedCommands } from "./tree.ts";
import { zshCompletion } from "./zsh.ts";

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `codedeploy-agent completion`. */
export async function printCompletion(
  { arguments: [shell], root }: Given<unknown>,
  { io }: CommandLine,
): Promise<number> {
  const script = SCRIPTS[shell as (typeof SHELLS)[number]];
  io.stdout.write(script(completedCommands(root)));
  return EXIT.done;
}
