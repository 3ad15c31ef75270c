import { resolve } from "node:path";
import { readIdentity, roleArnOf } from "../../registration/arn.ts";
import { keepSession, refreshSession, type SessionWish } from "../../registration/session.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { CliError, EXIT, print, printJson } from "../terminal/io.ts";
import { printable } from "../terminal/printable.ts";
import { duration, localTime } from "../terminal/quantities.ts";
import type { SessionOptions } from "./commands.ts";
import { regionOf, type Surroundings, surroundings } from "./surroundings.ts";

/** `codedeploy-agent session-credentials`. */
export async function sessionCredentials(given: Given<SessionOptions>, line: CommandLine): Promise<number> {
  const { options } = given;
  const { io, services } = line;
  const found = await surroundings(given, line);
  const wish = wishOf(options, found, io.workingDirectory);
  const account = await services.account(regionOf(options.region, found, line));
  const ports = { account, fileSystem: found.fileSystem, clock: services.clock };
  if (options.loop) return loop(wish, ports, { ...line, json: options.json === true });
  const { expiresAt } = await refreshSession(wish, ports);
  if (options.json) printJson(io, { file: wish.file, expiresAt: timeText(expiresAt) });
  else print(io, `${wish.file} is fresh; its credentials expire ${untilText(expiresAt, line)}.`);
  return EXIT.done;
}

type LoopLine = CommandLine & { readonly json: boolean };

async function loop(wish: SessionWish, ports: Parameters<typeof keepSession>[1], line: LoopLine): Promise<number> {
  const { io, json } = line;
  for await (const news of keepSession(wish, ports, io.interrupted())) {
    const next = `next in ${duration(news.nextInMs)}`;
    if (news.kind === "failed") io.stderr.write(`error: ${printable(news.message)} (${next})\n`);
    else if (json) print(io, JSON.stringify({ file: wish.file, expiresAt: timeText(news.expiresAt) }));
    else print(io, `${wish.file} is fresh; expires ${untilText(news.expiresAt, line)}; ${next}`);
  }
  return EXIT.done;
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function untilText(expiresAt: number, { services }: CommandLine): string {
  return `${localTime(expiresAt)} (in ${duration(expiresAt - services.clock.now())})`;
}

/** What is not given, the on-premises file says. */
function wishOf(options: SessionOptions, { configuration, file }: Surroundings, workingDirectory: string): SessionWish {
  const registered = configuration === undefined ? undefined : readIdentity(configuration.hostIdentifier);
  const session = registered?.kind === "session" ? registered : undefined;
  const credentials = configuration?.credentials;
  const kept = credentials?.kind === "session" ? credentials.file : undefined;
  const roleArn = options.roleArn ?? (session === undefined ? undefined : roleArnOf(session));
  const sessionName = options.sessionName ?? session?.sessionName;
  const target = options.file === undefined ? kept : resolve(workingDirectory, options.file);
  if (roleArn === undefined || sessionName === undefined || target === undefined) {
    throw new CliError(
      `${file} does not say which session this host is (iam_session_arn, aws_credentials_file). Give --role-arn, --session-name and --file, or register the host with a role.`,
      { exitStatus: EXIT.usage },
    );
  }
  return { roleArn, sessionName, seconds: options.duration, file: target, expectedArn: session?.arn };
}
