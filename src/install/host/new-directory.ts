import type { HostView } from "./host-view.ts";
import { parentOf } from "./parent.ts";

const SET_GROUP_ID = 0o2000;

/** Permission bits of a directory that the agent makes; a set-group-id parent hands its bit down, as the kernel does. */
export function newDirectoryMode(path: string, host: HostView): number {
  return (0o777 & ~host.umask) | ((parentStatus(path, host)?.mode ?? 0) & SET_GROUP_ID);
}

/** Owner of a directory that the agent makes. */
export function newDirectoryOwner(path: string, host: HostView): { uid: number; gid: number } {
  const parent = parentStatus(path, host);
  const inherits = parent !== undefined && (parent.mode & SET_GROUP_ID) !== 0;
  return { uid: host.uid, gid: inherits ? parent.gid : host.gid };
}

function parentStatus(path: string, host: HostView) {
  return host.objects.get(parentOf(path))?.directory?.status;
}
