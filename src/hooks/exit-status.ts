/** Signals that end programs, by number; the same on every Linux architecture that Node runs on. */
const SIGNALS: ReadonlyMap<number, string> = new Map([
  [1, "SIGHUP"],
  [2, "SIGINT"],
  [3, "SIGQUIT"],
  [4, "SIGILL"],
  [6, "SIGABRT"],
  [7, "SIGBUS"],
  [8, "SIGFPE"],
  [9, "SIGKILL"],
  [11, "SIGSEGV"],
  [13, "SIGPIPE"],
  [14, "SIGALRM"],
  [15, "SIGTERM"],
]);

/** What shells mean by an exit status; undefined for those without a convention. */
export function exitStatusMeaning(code: number): string | undefined {
  if (code === 126) return "a command in it could not be executed";
  if (code === 127) return "a command in it was not found";
  const signal = SIGNALS.get(code - 128);
  return signal === undefined ? undefined : `a command in it was killed by ${signal}`;
}
