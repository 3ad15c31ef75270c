// Writes codedeploy-agent.1, a page for each of its commands (codedeploy-agent-plan.1, ...) and codedeploy-local.1 from
// what --help prints, and codedeployagent.yml.5 from the table of configuration keys:
// node scripts/generate-man.mjs DIRECTORY
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: node scripts/generate-man.mjs DIRECTORY");
mkdirSync(directory, { recursive: true });

const names = commandsIn(help("codedeploy-agent", []));
for (const name of names) {
  const inner = commandsIn(help("codedeploy-agent", [name]));
  const pages = [[name], ...inner.map((command) => [name, command])].map((words) => help("codedeploy-agent", words));
  write(`codedeploy-agent-${name}`, pages);
}
write(
  "codedeploy-agent",
  [help("codedeploy-agent", [])],
  names.map((name) => `codedeploy-agent-${name}`),
);
write("codedeploy-local", [help("codedeploy-local", [])]);
writeFileSync(join(directory, "codedeployagent.yml.5"), configurationPage(await configurationKeys()));

/** Asked for in the root directory: a page must not show where it was made. */
function help(program, words) {
  const options = { encoding: "utf8", cwd: "/" };
  const text = execFileSync(process.execPath, [join(root, `dist/${program}.js`), ...words, "--help"], options);
  return text.replace('(default: "/")', "(default: the working directory)");
}

/** Names in the list of commands of a help text. */
function commandsIn(text) {
  const [, list = ""] = /\nCommands:\n((?: {2}.*\n)+)/.exec(text) ?? [];
  return [...list.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name);
}

/** A page: its name, what it is, how it is called, then every section as it is printed. */
function write(name, texts, seeAlso = []) {
  const [, description = ""] = texts[0].split("\n\n");
  const [summary = ""] = description.replaceAll("\n", " ").split(/[.:;](?:\s|$)/);
  const related = name === "codedeploy-agent" ? ["codedeploy-local", ...seeAlso] : ["codedeploy-agent"];
  const page = [
    `.TH ${name.toUpperCase()} 1 "" "codedeploy-agent" "User Commands"`,
    ".SH NAME",
    `${roff(name)} \\- ${roff(summary)}`,
    ...texts.flatMap(sections),
    ".SH SEE ALSO",
    related.map((other) => `.BR ${roff(other)} (1)`).join(",\n"),
    "",
  ];
  writeFileSync(join(directory, `${name}.1`), page.join("\n"));
}

function sections(text) {
  return text.split("\n\n").flatMap((paragraph) => {
    const usage = /^Usage: (.*)$/s.exec(paragraph)?.[1];
    if (usage !== undefined) return [".SH SYNOPSIS", `.B ${roff(usage)}`, ".SH DESCRIPTION"];
    const [, title, body] = /^([A-Z][\w ]*):\n(.*)$/s.exec(paragraph) ?? [];
    if (title === undefined) return [".PP", roff(paragraph.trim())];
    return [`.SH ${title.toUpperCase()}`, ".nf", roff(body.trimEnd()), ".fi"];
  });
}

/** The tables of src/config/schema.ts. */
async function configurationKeys() {
  const { outputFiles } = await build({
    entryPoints: [join(root, "src/config/schema.ts")],
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

/** What can be set, with its default and what it does. */
function configurationPage({ KEYS, KEYS_WITHOUT_EFFECT }) {
  const item = (name, ...lines) => [".TP", `.B ${roff(name)}`, ...lines.map(roff)];
  return [
    '.TH CODEDEPLOYAGENT.YML 5 "" "codedeploy-agent" "File Formats"',
    ".SH NAME",
    "codedeployagent.yml \\- configuration of the CodeDeploy agent",
    ".SH SYNOPSIS",
    ".I /etc/codedeploy\\-agent/conf/codedeployagent.yml",
    ".SH DESCRIPTION",
    "A YAML file with one map. A key may have a colon before it, as AWS's agent writes them. A key that nobody knows is",
    "a warning; a value that cannot be used is an error, and the agent does not start.",
    ".PP",
    ".B codedeploy\\-agent config check",
    "shows every value with the line it comes from.",
    ".SH KEYS",
    ...Object.entries(KEYS).flatMap(([name, { doc, default: value }]) =>
      item(name, doc, `Default: ${value ?? "none"}.`),
    ),
    ".SH KEYS WITHOUT EFFECT",
    "Keys of AWS's agents that are accepted and do nothing.",
    ...Object.entries(KEYS_WITHOUT_EFFECT).flatMap(([name, reason]) => item(name, reason)),
    ".SH SEE ALSO",
    ".BR codedeploy\\-agent (1),",
    ".BR codedeploy\\-agent\\-config (1)",
    "",
  ].join("\n");
}

/** A text without what roff takes for a request or an escape. */
function roff(text) {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1");
}
