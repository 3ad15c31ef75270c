import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { SandboxStartError } from "../start-error.ts";
import type { KeyStore } from "./key-ring.ts";

const Keys = z.array(
  z.object({
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    principal: z.string(),
    userId: z.string(),
    createdAt: z.number(),
    sessionToken: z.string().exactOptional(),
    expiresAt: z.number().exactOptional(),
  }),
);

/** Keeps keys in a file that only its owner can read. */
export function keyFile(path: string): KeyStore {
  return {
    load: () => {
      const text = readIfThere(path);
      const parsed = Keys.safeParse(text === undefined ? [] : parseJson(text));
      if (parsed.success) return parsed.data;
      throw new SandboxStartError(`${path} does not hold the sandbox's keys; remove it to have new ones made.`);
    },
    save: (keys) => {
      const temporary = `${path}.tmp`;
      writeFileSync(temporary, `${JSON.stringify(keys, undefined, 1)}\n`, { mode: 0o600 });
      renameSync(temporary, path);
    },
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
