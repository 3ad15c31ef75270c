import { execFile, spawnSync } from "node:child_process";

/** util-linux's `script` gives a program a terminal; without it tests about terminals are skipped. */
export const hasTerminal = spawnSync("script", ["--version"]).status === 0;

/** What a program writes to a terminal of 80 columns. */
export function inTerminal(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const quoted = [process.execPath, ...words].map((word) => `'${word}'`).join(" ");
  const command = `stty cols 80; ${quoted}`;
  const { NO_COLOR: _unset, ...own } = process.env;
  return new Promise((resolve) => {
    const options = { env: { ...own, AWS_EC2_METADATA_DISABLED: "true", TERM: "xterm", ...environment } };
    const child = execFile("script", ["-qec", command, "/dev/null"], options, (_error, stdout) => resolve(stdout));
    child.stdin?.end();
  });
}
