import { localFileSystem } from "../../src/host/file-system.ts";
import type { FileSystem } from "../../src/ports/file-system.ts";

/** This machine's file system, without the waiting for the disk that only a power loss would make worth it. */
export const hastyFileSystem: FileSystem = {
  ...localFileSystem,
  sync: async (path) => {
    if ((await localFileSystem.status(path)) === undefined)
      throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
  },
  syncFileSystem: async () => {},
  replaceText: async (path, text, mode) => {
    await localFileSystem.writeText(`${path}.tmp`, text, mode);
    await localFileSystem.rename(`${path}.tmp`, path);
  },
};
