import { defineCommand } from "../command-line.ts";
import { EXIT, print, printJson } from "../terminal/io.ts";

export const VERSION_COMMAND = defineCommand<{ readonly json?: boolean }>({
  usage: "version",
  summary: "print version, commit and runtime",
  options: (command) => command.option("--json", "as JSON"),
  examples: ["codedeploy-agent version", "codedeploy-agent version --json"],
  run: async ({ options }, { io, program: { version, commit, runtime } }) => {
    const facts = { version, commit: commit ?? null, runtime };
    if (options.json) printJson(io, facts);
    else print(io, `codedeploy-agent ${version}`, `commit  ${commit ?? "unknown"}`, `runtime ${runtime}`);
    return EXIT.done;
  },
});
