import { fstatSync } from "node:fs";

const STDERR = 2;

/**
 * Whether standard error goes to the journal of systemd: `JOURNAL_STREAM` names the device and the inode of the socket,
 * and a process that inherited the variable but writes elsewhere has another one.
 */
export function writesToJournal({ JOURNAL_STREAM: stream }: Readonly<Record<string, string | undefined>>): boolean {
  if (stream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(STDERR, { bigint: true });
    return stream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}
