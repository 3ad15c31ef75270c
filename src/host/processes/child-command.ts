/**
 * A command that ends with the agent, even with one that is killed: what a download or an Install left half done is taken
 * away when the agent starts again, and nobody may go on adding to it then.
 */
export function endingWithAgent(program: string, parameters: readonly string[]): readonly [string, ...string[]] {
  return ["setpriv", "--pdeathsig", "KILL", "--", program, ...parameters];
}

/** Messages in English, names that are bytes, and nobody's options. */
export function environment(): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  return { PATH, LC_ALL: "C" };
}
