import { execFile } from "node:child_process";
import type { FileMakers } from "../../ports/file-makers.ts";
import { endingWithAgent, environment } from "../processes/child-command.ts";
import { TarChildren } from "./tar-children.ts";

/** Where a system has its own programs. */
const PLACES = ["/usr/bin/tar", "/bin/tar"];
/** Fewer are made by this process before a program has started. */
const WORTH_FILES = 128;

/**
 * GNU tar as a maker of files: the system's own C program needs a fraction of the time that this process would. It is
 * looked for once, when it is needed.
 */
export function createTarChildren(places: readonly string[] = PLACES): FileMakers {
  let looked: Promise<string | undefined> | undefined;
  return {
    worthFiles: WORTH_FILES,
    async start(root) {
      looked ??= findGnuTar(places);
      const program = await looked;
      return program === undefined ? undefined : new TarChildren(program, root);
    },
  };
}

async function findGnuTar(places: readonly string[]): Promise<string | undefined> {
  for (const place of places) if (await isGnuTar(place)) return place;
  return undefined;
}

/** BusyBox and BSD have programs of that name with other options, and not every host can end one with the agent. */
function isGnuTar(program: string): Promise<boolean> {
  return new Promise((resolve) => {
    const [file, ...parameters] = endingWithAgent(program, ["--version"]);
    execFile(file, parameters, { env: environment() }, (error, output) => {
      resolve(error === null && output.startsWith("tar (GNU tar)"));
    });
  });
}
