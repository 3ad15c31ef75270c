import type { CompletedCommand } from "./tree.ts";

/** A script for fish: one line for each command and option. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ way, options, commands: inner, choices }) => [
    ...inner.map(({ name, description }) => `${when(way, inner)} -f -a ${name} -d ${quoted(description)}`),
    ...(choices.length > 0 ? [`${when(way, [])} -f -a ${quoted(choices.join(" "))}`] : []),
    ...options.map(({ flags, description, takesValue, choices: values }) => {
      const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      const value = values.length > 0 ? ` -x -a ${quoted(values.join(" "))}` : takesValue ? " -r" : "";
      return `${when(way, [])} ${names.join(" ")}${value} -d ${quoted(description)}`;
    }),
  ]);
  return `# fish completion for codedeploy-agent\n${lines.join("\n")}\n`;
}

function when(way: readonly string[], inner: CompletedCommand["commands"]): string {
  const here = way.map((word) => `__fish_seen_subcommand_from ${word}`);
  const notYet = inner.length > 0 ? [`not __fish_seen_subcommand_from ${inner.map(({ name }) => name).join(" ")}`] : [];
  const conditions = [...here, ...notYet];
  return `complete -c codedeploy-agent${conditions.length > 0 ? ` -n ${quoted(conditions.join("; and "))}` : ""}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
