import type { ProcessOutcome } from "../../ports/processes.ts";

/** Why the system starts no program, by errno, in words that complete "could not be started:". */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "the program or its interpreter does not exist",
  EACCES: "permission denied (file, a directory above it, or a file system mounted noexec)",
  EPERM: "the system does not allow it",
  ENOEXEC: "the file is not a program that this machine can run",
  E2BIG: "its arguments and environment are too long",
  EAGAIN: "the limit of processes is reached",
  ENOMEM: "there is not enough memory",
  EMFILE: "the agent has too many files open",
  ENFILE: "the system has too many files open",
  ETXTBSY: "the file is still being written",
  ELOOP: "too many links lead to the program or its interpreter",
};

/** The outcome of a start that the system, or Node before it, refused. */
export function notStarted(errno: string | undefined, message: string): ProcessOutcome {
  const reason = errno === undefined ? undefined : REASONS[errno];
  return { kind: "not-started", reason: reason ?? message, ...(errno === undefined ? {} : { errno }) };
}
