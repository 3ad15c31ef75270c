import { readAcls } from "./acl.ts";
import type { PermissionEntry, PermissionType } from "./appspec.ts";
import { type FieldValues, isAbsent, listOf, type Reader, readFields, readName, readText } from "./fields.ts";
import { absolutePath } from "./files.ts";
import { ANY_DEPTH } from "./glob.ts";
import { MESSAGES } from "./messages.ts";
import { readMode } from "./mode.ts";
import { readContext } from "./selinux-context.ts";

/** What an entry of `permissions` can apply to. */
export const PERMISSION_TYPES = ["file", "directory"] as const satisfies readonly PermissionType[];

/** Keys of an item of `permissions`. */
export const PERMISSION_KEYS = {
  object: readObject,
  pattern: readText,
  except: listOf(readText),
  type: readTypes,
  owner: readName,
  group: readName,
  mode: readMode,
  acls: readAcls,
  context: readContext,
};

/** One item of `permissions`. */
export const readPermission: Reader<PermissionEntry> = (value, faults) => {
  const fields = readFields(value, PERMISSION_KEYS, faults);
  if (fields === undefined) return undefined;
  if (isAbsent(value, "object")) faults.error(value.place, MESSAGES.objectMissing);
  if (fields.object === undefined) return undefined;
  return {
    object: fields.object,
    pattern: fields.pattern ?? ANY_DEPTH,
    except: fields.except ?? [],
    types: fields.type ?? PERMISSION_TYPES,
    ...attributesOf(fields),
  };
};

type Attributes = Pick<PermissionEntry, "owner" | "group" | "mode" | "acls" | "context">;

function attributesOf({ owner, group, mode, acls, context }: FieldValues<typeof PERMISSION_KEYS>): Attributes {
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
    ...(mode === undefined ? {} : { mode }),
    ...(acls === undefined ? {} : { acls }),
    ...(context === undefined ? {} : { context }),
  };
}

function readObject(...[value, faults]: Parameters<Reader<string>>): string | undefined {
  const object = readName(value, faults);
  if (object === undefined) return undefined;
  const absolute = absolutePath(object);
  if (!object.startsWith("/")) faults.warn(value.place, MESSAGES.objectNotAbsolute(object, absolute));
  return absolute;
}

function readTypes(...[value, faults]: Parameters<Reader<readonly PermissionType[]>>): readonly PermissionType[] {
  const types = listOf<PermissionType>((item, itemFaults) => {
    const text = readName(item, itemFaults);
    const type = PERMISSION_TYPES.find((candidate) => candidate === text);
    if (text !== undefined && type === undefined) itemFaults.error(item.place, MESSAGES.permissionType(text));
    return type;
  })(value, faults);
  if (value.kind === "list" && value.items.length === 0) faults.warn(value.place, MESSAGES.noTypes);
  return types ?? [];
}
