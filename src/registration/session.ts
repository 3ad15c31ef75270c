import { posix } from "node:path";
import type { Clock } from "../ports/clock.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { type Account, AccountError, type SessionCredentials } from "./account.ts";
import { credentialsText } from "./configuration.ts";

/** Which session's credentials are kept, and where. */
export interface SessionWish {
  readonly roleArn: string;
  readonly sessionName: string;
  /** How long credentials are to last. */
  readonly seconds: number;
  /** Path of the credentials file. */
  readonly file: string;
  /** ARN that the host is registered with; credentials of another session would not be taken. */
  readonly expectedArn: string | undefined;
}

/** What keeping credentials works with. */
export interface SessionPorts {
  readonly account: Pick<Account, "assumeRole">;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
}

/**
 * Gets fresh credentials and puts them into the file, for nobody but its owner to read.
 * @throws AccountError when AWS refuses, or gives a session that is not the registered one
 */
export async function refreshSession(
  wish: SessionWish,
  { account, fileSystem }: SessionPorts,
): Promise<SessionCredentials> {
  const { roleArn, sessionName, seconds, file, expectedArn } = wish;
  const credentials = await account.assumeRole({ roleArn, sessionName, seconds });
  if (expectedArn !== undefined && credentials.arn !== expectedArn) {
    throw new AccountError(
      `AWS gave a session ${credentials.arn}, but this host is registered as ${expectedArn}. Correct --role-arn and --session-name.`,
    );
  }
  await fileSystem.makeDirectories(posix.dirname(file), 0o700);
  await fileSystem.replaceText(file, credentialsText(credentials), 0o600);
  return credentials;
}

/** Longest pause after a failure; credentials last at least 15 minutes. */
const MOST_RETRY_MS = 60_000;
const FIRST_RETRY_MS = 2_000;

/** What happened to a session's credentials. */
export type SessionNews =
  | { readonly kind: "refreshed"; readonly expiresAt: number; readonly nextInMs: number }
  | { readonly kind: "failed"; readonly message: string; readonly nextInMs: number };

/** Keeps the credentials fresh until the signal is aborted: half of their life is left when new ones are fetched. */
export async function* keepSession(
  wish: SessionWish,
  ports: SessionPorts,
  stop: AbortSignal,
): AsyncGenerator<SessionNews> {
  const { clock } = ports;
  let failures = 0;
  while (!stop.aborted) {
    let news: SessionNews;
    try {
      const { expiresAt } = await refreshSession(wish, ports);
      failures = 0;
      news = { kind: "refreshed", expiresAt, nextInMs: Math.max(FIRST_RETRY_MS, (expiresAt - clock.now()) / 2) };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failures += 1;
      const limit = Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
      news = { kind: "failed", message: error.message, nextInMs: limit * (0.5 + clock.random() / 2) };
    }
    yield news;
    await clock.sleep(news.nextInMs, stop);
  }
}
