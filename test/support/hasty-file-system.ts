import { localFileSystem } from "../../src/host/files/file-system.ts";
import type { FileSystem } from "../../src/ports/file-system.ts";

let temporaries = 0;

/** This machine's file system, without the waiting for the disk that only a power loss would make worth it. */
export const hastyFileSystem: FileSystem = {
  ...localFileSystem,
  sync: async (path) => {
    if ((await localFileSystem.status(path)) === undefined)
      throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
  },
  syncFileSystem: async () => {},
  replaceText: async (path, text, mode) => {
    const prepared = await hastyFileSystem.prepareText(path, text, mode);
    await prepared.putInPlace();
  },
  prepareText: async (path, text, mode) => {
    temporaries += 1;
    // Named as the agent names it, which removes what a killed one left.
    const temporary = `${path}.${process.pid}.${temporaries}.tmp`;
    await localFileSystem.writeText(temporary, [...text].join(""), mode);
    return {
      putInPlace: () => localFileSystem.rename(temporary, path),
      drop: () => localFileSystem.removeTree(temporary),
    };
  },
};
