// Prints the commands of a section of README.md.
// Usage: readme-commands.mjs SECTION [TEXT]   blocks of the section that hold TEXT, each behind a line "@@ NUMBER".
import { blocksOf, sessionOf } from "./readme-sections.mjs";

const [section, text = ""] = process.argv.slice(2);
const blocks = blocksOf(section);
if (blocks === undefined) {
  console.error(`README.md has no section "${section}".`);
  process.exit(1);
}

const commands = blocks.map((block) =>
  sessionOf(block)
    .map(({ command }) => command)
    .join("\n"),
);
const wanted = commands.filter((block) => block !== "" && block.includes(text));
process.stdout.write(wanted.map((block, index) => `@@ ${index}\n${block}\n`).join(""));
if (wanted.length === 0) process.exit(1);
