import { spawn, spawnSync } from "node:child_process";

const MISSING = (program) => new Error(`${program} is not on the PATH; install it first.`);
const FAILED = (program, words, why) => new Error(`${program} ${words.join(" ")} failed.\n${why}`);

/** Runs a program to its end. @throws Error with what it wrote to standard error when it fails or is not there */
export function command(program, words, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, words, {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    ...options,
  });
  if (error?.code === "ENOENT") throw MISSING(program);
  if (status !== 0) throw FAILED(program, words, error?.message ?? stderr);
  return stdout;
}

/** As `command`, for one that takes long and prints nothing: others run meanwhile. Rejects as that throws. */
export function longCommand(program, words, { env }) {
  return new Promise((resolve, reject) => {
    let complaints = "";
    const child = spawn(program, words, { env, stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      complaints += text;
    });
    child.on("error", (error) => reject(error.code === "ENOENT" ? MISSING(program) : error));
    child.on("close", (status) => (status === 0 ? resolve() : reject(FAILED(program, words, complaints))));
  });
}
