// Reads README.md for tests that do what it says, word by word.
import { readFileSync } from "node:fs";

/** The indented blocks of a section, without their indentation; a blank line ends one. Undefined without the section. */
export function blocksOf(section) {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const chapter = readme.split(/^## /m).find((part) => part.startsWith(`${section}\n`));
  if (chapter === undefined) return undefined;
  return [...chapter.matchAll(/^(?: {4}.*\n)+/gm)].map(([block]) => block.replaceAll(/^ {4}/gm, "").trimEnd());
}

/**
 * The commands of a block, each with what it prints. In a block with a line that begins with "$ " these lines, and what
 * continues them, are the commands; the rest is what they print. Otherwise the whole block is one piece of commands.
 */
export function sessionOf(block) {
  if (!/^\$ /m.test(block)) return [{ command: block, output: "" }];
  const pieces = block.split(/^\$ /m).slice(1);
  return pieces.map((piece) => {
    const [command] = /^(?:.*\\\n)*.*/.exec(piece);
    return { command, output: piece.slice(command.length + 1) };
  });
}
