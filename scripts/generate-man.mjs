// Writes codedeploy-agent.1, a page for each of its commands (codedeploy-agent-plan.1, ...) and codedeploy-local.1 from
// what --help prints, and codedeployagent.yml.5 from the table of configuration keys:
// node scripts/generate-man.mjs DIRECTORY
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: node scripts/generate-man.mjs DIRECTORY");
mkdirSync(directory, { recursive: true });

const { agentProgram, localProgram, KEYS, KEYS_WITHOUT_EFFECT } = await sources();
const names = commandsIn(await help(agentProgram, []));
for (const name of names) {
  const inner = commandsIn(await help(agentProgram, [name]));
  const pages = [];
  for (const words of [[name], ...inner.map((command) => [name, command])]) pages.push(await help(agentProgram, words));
  write(`codedeploy-agent-${name}`, pages);
}
write(
  "codedeploy-agent",
  [await help(agentProgram, [])],
  names.map((name) => `codedeploy-agent-${name}`),
);
write("codedeploy-local", [await help(localProgram, [])]);
writeFileSync(join(directory, "codedeployagent.yml.5"), configurationPage());

/** The command lines and the tables of configuration keys, in this process: a process for each text would take seconds. */
async function sources() {
  const entries = ["cli/agent-program.ts", "cli/local/program.ts", "config/schema.ts"];
  const contents = entries.map((entry) => `export * from "./src/${entry}";`).join("\n");
  mkdirSync(join(root, ".cache"), { recursive: true });
  // Beside node_modules, from where it imports.
  const outdir = mkdtempSync(join(root, ".cache/man-"));
  try {
    await build({
      stdin: { contents, resolveDir: root },
      ...{ outdir, bundle: true, splitting: true, packages: "external" },
      ...{ format: "esm", platform: "node", outExtension: { ".js": ".mjs" }, logLevel: "error" },
    });
    return await import(pathToFileURL(join(outdir, "stdin.mjs")).href);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** What a program prints for `--help`. */
async function help(program, words) {
  let text = "";
  const output = { write: (part) => (text += part) };
  const io = { stdout: output, stderr: output, environment: {}, workingDirectory: "/" };
  const status = await program([...words, "--help"], { io, program: { version: "", runtime: "" } });
  if (status !== 0) throw new Error(`${words.join(" ")} --help ended with status ${status}: ${text}`);
  return text;
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

/** What can be set, with its default and what it does. */
function configurationPage() {
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
