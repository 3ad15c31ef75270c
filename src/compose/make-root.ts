import { mkdir } from "node:fs/promises";
import { ConfigError } from "../config/config-error.ts";
import type { Config } from "../config/schema.ts";
import { errnoOf } from "../ports/errno.ts";

/** Makes the work area. @throws ConfigError when it cannot be made */
export async function makeRoot({ root_dir: root }: Config): Promise<void> {
  try {
    await mkdir(root, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw new ConfigError(`root_dir ${root} cannot be made (${errnoOf(error) ?? error}). Make it, or set another.`, {
      cause: error,
    });
  }
}
