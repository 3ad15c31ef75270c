import { Argument } from "commander";
import { defineCommand } from "../command-line.ts";

/** Shells that completion scripts are made for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export const COMPLETION = defineCommand({
  usage: "completion",
  summary: "print a script that completes commands and options in a shell",
  options: (command) => command.addArgument(new Argument("<shell>", "which shell").choices(SHELLS)),
  examples: [
    "codedeploy-agent completion bash >/etc/bash_completion.d/codedeploy-agent",
    "codedeploy-agent completion zsh >/usr/local/share/zsh/site-functions/_codedeploy-agent",
    "codedeploy-agent completion fish >~/.config/fish/completions/codedeploy-agent.fish",
  ],
  run: async (given, line) => (await import("./completion.ts")).printCompletion(given, line),
});
