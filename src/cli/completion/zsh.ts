import type { CompletedCommand, CompletedOption } from "./tree.ts";

/** A script for zsh: one function for each command. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef codedeploy-agent
${commands.map(commandFunction).join("\n")}
if [ "\${funcstack[1]}" = "_codedeploy-agent" ]; then ${functionName([])} "$@"; else compdef ${functionName([])} codedeploy-agent; fi
`;
}

function commandFunction({ way, options, commands, choices }: CompletedCommand): string {
  const specifications = options.flatMap(optionSpecifications);
  const last = commands.length > 0 ? ["'1: :->command'", "'*:: :->arguments'"] : [argument(choices)];
  const inner =
    commands.length === 0
      ? ""
      : `  case "$state" in
  command) local -a names=(${commands.map(({ name, description }) => quoted(`${name}:${description}`)).join(" ")}); _describe command names ;;
  arguments) case "$words[1]" in
${commands.map(({ name }) => `    ${name}) ${functionName([...way, name])} ;;`).join("\n")}
    esac ;;
  esac
`;
  return `${functionName(way)}() {
  local state
  _arguments -C ${[...specifications, ...last].join(" \\\n    ")}
${inner}}`;
}

function argument(choices: readonly string[]): string {
  return choices.length > 0 ? quoted(`*: :(${choices.join(" ")})`) : "'*: :_files'";
}

function optionSpecifications({ flags, description, takesValue, choices }: CompletedOption): readonly string[] {
  const value = choices.length > 0 ? `: :(${choices.join(" ")})` : takesValue ? ": :_files" : "";
  const text = description.replaceAll(/[[\]:]/g, (character) => `\\${character}`);
  return flags.map((flag) => quoted(`${flag}[${text}]${value}`));
}

function functionName(way: readonly string[]): string {
  return ["_codedeploy_agent", ...way].join("__").replaceAll("-", "_");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
