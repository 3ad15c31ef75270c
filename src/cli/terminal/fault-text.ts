import { errnoOf } from "../../ports/errno.ts";
import { printable } from "./printable.ts";

/** What to do about a file that the system refuses. */
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: "Run this as root, or as the agent's user.",
  EPERM: "Run this as root, or as the agent's user.",
  ENOSPC: "Make room on its file system.",
  EDQUOT: "Make room, or raise the user's quota.",
  EROFS: "Its file system is read-only.",
  ENOTDIR: "Something on the way to it is no directory.",
  EISDIR: "It is a directory where a file should be: move it away.",
  ENOENT: "It does not exist, or has gone meanwhile.",
  EMFILE: "Too many files are open: raise the limit (ulimit -n).",
  EIO: "The disk reports an error; see the kernel's log.",
};

/** What can be told of an error that nobody expected: of the system's refusals which file it was and what to do. */
export function faultText(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error));
  const errno = errnoOf(error) ?? "";
  const path = "path" in error && typeof error.path === "string" ? error.path : undefined;
  if (path === undefined || !/^E[A-Z0-9]+$/.test(errno)) return printable(error.message);
  return printable(`${path} cannot be used (${errno}). ${REMEDIES[errno] ?? error.message}`);
}
