import type { ArchiveProblem } from "../install/archive/archive-tree.ts";

const SOURCE_PROBLEMS: Readonly<Record<ArchiveProblem, string>> = {
  missing: "is not in the revision",
  outside: "leads out of the revision through a symbolic link",
  loop: "is part of a loop of symbolic links",
  special: "is neither a file nor a directory nor a symbolic link",
  "too-many": "has more files than one revision may have",
};

/** Everything that is said about the bundle around an AppSpec file. Each is a sentence without its full stop. */
export const MESSAGES = {
  noAppSpec: (candidates: readonly string[], entries: string) =>
    `there is no ${candidates.join(" and no ")}; the top of the revision holds ${entries}`,
  misnamedAppSpec: (found: string, name: string) => `${found} is not read as the AppSpec file; rename it to ${name}`,
  secondAppSpec: (found: string, other: string) => `${other} is there too and is never read; ${found} counts`,
  source: (source: string, problem: ArchiveProblem) => `${JSON.stringify(source)} ${SOURCE_PROBLEMS[problem]}`,
  scriptMissing: (location: string) =>
    `${JSON.stringify(location)} is not in the revision; the event would fail (code 1)`,
  scriptNoFile: (location: string) => `${JSON.stringify(location)} is a directory; a location names a script`,
  notExecutable: "the script is not executable; the agent makes it so before it runs. Run: chmod +x",
  byteOrderMark: "a byte order mark hides the #! line, so /bin/sh runs the script; save the file without it",
  carriageReturn: (interpreter: string) =>
    `the first line ends in CR (Windows line ends): the kernel looks for ${JSON.stringify(interpreter)}`,
  noInterpreterLine: "the script has no #! line, so /bin/sh runs it; name its interpreter",
} as const;
