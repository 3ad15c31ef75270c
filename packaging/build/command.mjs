import { spawnSync } from "node:child_process";

/** Runs a program to its end. @throws Error with what it wrote to standard error when it fails or is not there */
export function command(program, words, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, words, {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    ...options,
  });
  if (error?.code === "ENOENT") throw new Error(`${program} is not on the PATH; install it first.`);
  if (status !== 0) throw new Error(`${program} ${words.join(" ")} failed.\n${error?.message ?? stderr}`);
  return stdout;
}
