import { basename } from "node:path";
import type { Layout } from "../deployment/layout.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";

/** An earlier deployment of a group, found through one of the group's pointer files. */
export interface EarlierDeployment {
  readonly deploymentId: string;
  /** The deployment's directory, as the pointer file names it. */
  readonly directory: string;
}

/** The last deployment of the group whose Install finished; undefined when there is none. */
export function lastSuccessful(
  layout: Layout,
  groupId: string,
  fileSystem: FileSystem,
): Promise<EarlierDeployment | undefined> {
  return readPointer(layout.lastSuccessfulFile(groupId), fileSystem);
}

/** The last deployment of the group whose DownloadBundle finished; undefined when there is none. */
export function mostRecent(
  layout: Layout,
  groupId: string,
  fileSystem: FileSystem,
): Promise<EarlierDeployment | undefined> {
  return readPointer(layout.mostRecentFile(groupId), fileSystem);
}

async function readPointer(file: string, fileSystem: FileSystem): Promise<EarlierDeployment | undefined> {
  const directory = (await textOf(file, fileSystem)).trim();
  return directory === "" ? undefined : { deploymentId: basename(directory), directory };
}

async function textOf(file: string, fileSystem: FileSystem): Promise<string> {
  try {
    return await fileSystem.readText(file);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "";
    throw error;
  }
}
