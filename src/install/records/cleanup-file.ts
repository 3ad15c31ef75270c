import { posix } from "node:path";

/** One thing that an Install left on the host and the next one has to undo. */
export type CleanupEntry =
  /** A file, link or directory. */
  | { readonly type: "path"; readonly path: string }
  /** A rule for a path's SELinux context. */
  | { readonly type: "context"; readonly path: string };

/** What a group's `-cleanup` file says, in the order in which it was written. */
export interface CleanupRecord {
  readonly entries: readonly CleanupEntry[];
  /** Complete lines that name no absolute, normalised path; nothing is done about them. */
  readonly ignoredLines: number;
}

const CONTEXT_MARK = "semanage\0";
/**
 * Names that one line cannot hold are written percent-encoded below this path. Nothing can ever exist there, so an
 * agent that does not know the convention finds nothing to remove.
 */
const ENCODED_BELOW = "/dev/null/codedeploy-agent/";

/**
 * Reads a `-cleanup` file, our own or that of AWS's agent: one entry a line; a last line without its newline is what an
 * interrupted write left, and does not count. Undoing goes through the entries backwards.
 */
export function parseCleanupFile(text: string): CleanupRecord {
  const lines = text.split("\n").slice(0, -1);
  const entries = lines.map(parseLine).filter((entry) => entry !== undefined);
  return { entries, ignoredLines: lines.length - entries.length };
}

function parseLine(line: string): CleanupEntry | undefined {
  const type = line.startsWith(CONTEXT_MARK) ? "context" : "path";
  const path = decodePath(type === "context" ? line.slice(CONTEXT_MARK.length) : line);
  return path !== undefined && isOrdinaryPath(path) ? { type, path } : undefined;
}

function isOrdinaryPath(path: string): boolean {
  return path.startsWith("/") && path !== "/" && !path.includes("\0") && posix.resolve(path) === path;
}

/** The text of a `-cleanup` file; {@link parseCleanupFile} reads it back, and so does AWS's agent. */
export function cleanupText(entries: readonly CleanupEntry[]): string {
  let text = "";
  for (const { type, path } of entries) text += `${type === "context" ? CONTEXT_MARK : ""}${encodePath(path)}\n`;
  return text;
}

/** AWS's agent takes blanks off both ends of a line, so a name with one at its end must not be written plainly. */
function encodePath(path: string): string {
  const isOneLine = !path.includes("\n") && !path.includes("\r") && path.trimEnd().length === path.length;
  return isOneLine && !path.startsWith(ENCODED_BELOW) ? path : ENCODED_BELOW + encoded(path);
}

function decodePath(text: string): string | undefined {
  if (!text.startsWith(ENCODED_BELOW)) return text;
  try {
    return decoded(text.slice(ENCODED_BELOW.length));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Bytes that are not UTF-8 are lone surrogates, which percent-encoding knows nothing of. */
function encoded(path: string): string {
  const byteText = (character: string) => `%u${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return Array.from(path, (part) => (part.isWellFormed() ? encodeURIComponent(part) : byteText(part))).join("");
}

function decoded(text: string): string {
  const parts = text.split(/%u(D[C-F][0-9A-F]{2})/);
  return parts
    .map((part, index) => (index % 2 === 0 ? decodeURIComponent(part) : String.fromCharCode(Number.parseInt(part, 16))))
    .join("");
}
