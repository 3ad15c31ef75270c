import { spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import type { Compression, Decompressing, Decompressors } from "../ports/decompressors.ts";
import { endingWithAgent, environment } from "./processes/child-command.ts";

/** Where a system has its programs, and an operator adds some. */
const DIRECTORIES: readonly string[] = ["/usr/bin", "/bin", "/usr/local/bin"];
const PROGRAMS: Readonly<Record<Compression, string>> = { bzip2: "bzip2", xz: "xz", Zstandard: "zstd" };
/** Of what a program complains about, the start is enough. */
const LONGEST_COMPLAINT = 500;

/** The programs of this host. @param directories where they are looked for, in this order */
export function createDecompressors(directories = DIRECTORIES): Decompressors {
  return {
    async start(compression) {
      const program = PROGRAMS[compression];
      for (const directory of directories) {
        const path = `${directory}/${program}`;
        if (await isExecutable(path)) return started(program, path);
      }
      return undefined;
    },
  };
}

function started(program: string, path: string): Decompressing {
  const [file, ...parameters] = endingWithAgent(path, ["-dc"]);
  const child = spawn(file, parameters, { stdio: ["pipe", "pipe", "pipe"], env: environment() });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(0, LONGEST_COMPLAINT);
  });
  // The end of the program says more than a broken pipe.
  child.stdin.on("error", () => {});
  const complaint = new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) =>
      resolve(code === 0 ? undefined : said.trim() || `it ended with ${code ?? signal}`),
    );
  });
  return { program, input: child.stdin, output: child.stdout, complaint, stop: () => void child.kill("SIGKILL") };
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
