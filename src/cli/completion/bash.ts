import type { CompletedCommand } from "./tree.ts";

/** A script for bash: a table from the words typed so far to what can follow. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const words = commands.map(({ way, options, commands: inner, choices }) => {
    const all = [...inner.map(({ name }) => name), ...choices, ...options.flatMap(({ flags }) => flags)];
    return `    ${key(way)}) words="${all.join(" ")}" ;;`;
  });
  const values = commands.flatMap(({ way, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(
        ({ flags, choices }) =>
          `    ${flags.map((flag) => key([...way, flag])).join("|")}) values="${choices.join(" ")}" ;;`,
      ),
  );
  const ways = commands.filter(({ way }) => way.length > 0).map(({ way }) => key(way));
  return `# bash completion for codedeploy-agent
_codedeploy_agent() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" way="" word words="" values=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${way:+$way }$word" in
    ${ways.join("|")}) way="\${way:+$way }$word" ;;
    esac
  done
  case "\${way:+$way }$previous" in
${values.join("\n")}
  esac
  case "$way" in
${words.join("\n")}
  esac
  COMPREPLY=($(compgen -W "\${values:-$words}" -- "$current"))
  if [ -z "$values" ] && [ "\${#COMPREPLY[@]}" -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _codedeploy_agent codedeploy-agent
`;
}

function key(words: readonly string[]): string {
  return `"${words.join(" ")}"`;
}
