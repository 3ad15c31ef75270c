// Prints the commands of a section of README.md, for tests that do what it says, word by word.
// Usage: readme-commands.mjs SECTION [TEXT]   blocks of the section that hold TEXT, each behind a line "@@ NUMBER".
// In a block with a line that begins with "$ " these lines, and what continues them, are the commands; the rest is
// what they print. Otherwise the whole block is commands.
import { readFileSync } from "node:fs";

const [section, text = ""] = process.argv.slice(2);
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const chapter = readme.split(/^## /m).find((part) => part.startsWith(`${section}\n`));
if (chapter === undefined) {
  console.error(`README.md has no section "${section}".`);
  process.exit(1);
}

const blocks = [...chapter.matchAll(/^(?: {4}.*\n)+/gm)].map(([block]) => block.replaceAll(/^ {4}/gm, "").trimEnd());
const wanted = blocks.map(commandsOf).filter((block) => block !== "" && block.includes(text));
process.stdout.write(wanted.map((block, index) => `@@ ${index}\n${block}\n`).join(""));
if (wanted.length === 0) process.exit(1);

function commandsOf(block) {
  if (!/^\$ /m.test(block)) return block;
  return [...block.matchAll(/^\$ ((?:.*\\\n)*.*)$/gm)].map(([, command]) => command).join("\n");
}
