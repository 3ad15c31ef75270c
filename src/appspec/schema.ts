import { HOOK_EVENTS } from "../deployment/lifecycle.ts";
import { FILE_EXISTS_BEHAVIORS } from "../deployment/specification.ts";
import type { FieldTable } from "./fields.ts";
import { FILE_KEYS } from "./files.ts";
import { SCRIPT_KEYS } from "./hooks.ts";
import { APP_SPEC_KEYS } from "./parse.ts";
import { PERMISSION_KEYS, PERMISSION_TYPES } from "./permissions.ts";
import { CONTEXT_KEYS } from "./selinux-context.ts";

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of AppSpec files for servers, for editors. It has the keys of the parser's own tables and accepts
 * whatever the parser accepts; what a schema cannot say (a path that leaves the revision, a duplicate), the parser does.
 */
export function appSpecSchema(): JsonSchema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "AppSpec file of AWS CodeDeploy for servers (Linux)",
    ...mapOf(APP_SPEC_KEYS, {
      schemas: {
        version: { ...anyOf({ const: 0 }, { enum: ["0.0", "0"] }), description: "Always 0.0." },
        os: { const: "linux", description: "The platform of the hosts." },
        files: described(listOf(FILE), "What is copied from the revision to where."),
        file_exists_behavior: described(FILE_EXISTS, "What happens to files on the host that no deployment installed."),
        permissions: described(
          listOf(PERMISSION),
          "Owners, modes and more of what is installed. Entries are disjoint.",
        ),
        hooks: described(HOOKS, "Scripts, by the lifecycle event that runs them."),
      },
      required: ["version", "os"],
    }),
    definitions: { scripts: orNull(listOf(SCRIPT)) },
  };
}

/** A text is whatever was written: `owner: 1001` and `location: 5` are texts, too. */
const TEXT: JsonSchema = { type: ["string", "number", "boolean"] };
const NAME: JsonSchema = { type: ["string", "number", "boolean"], pattern: "\\S" };
const ABSOLUTE: JsonSchema = { type: "string", pattern: "^/" };
const WORD: JsonSchema = { type: "string", pattern: "^\\s*[A-Za-z][\\w.-]*\\s*$" };

const FILE = mapOf(FILE_KEYS, {
  schemas: {
    source: described(TEXT, "Path in the revision: a file, or a directory whose content is meant. / is all of it."),
    destination: described(ABSOLUTE, "Absolute path of the directory into which it is installed."),
  },
  required: ["source", "destination"],
});

const FILE_EXISTS = anyOf(
  { enum: [...FILE_EXISTS_BEHAVIORS] },
  { type: "string", pattern: `^\\s*(${FILE_EXISTS_BEHAVIORS.map(inAnyCase).join("|")})\\s*$` },
);

const CONTEXT = mapOf(CONTEXT_KEYS, {
  schemas: {
    user: described(WORD, "SELinux user."),
    name: described(WORD, "The same as user."),
    type: described(WORD, "SELinux type."),
    range: described(
      { type: "string", pattern: "^\\s*s\\d+(-s\\d+)?(:c\\d+(\\.c\\d+)?(,c\\d+(\\.c\\d+)?)*)?\\s*$" },
      "Level or range, as in s0-s0:c0.c3.",
    ),
    role: { type: "null", description: "Cannot be set." },
  },
  required: ["type"],
});

const ACL_ENTRY: JsonSchema = {
  type: "string",
  pattern: "^\\s*(d:|default:)?([ug]|user|group|m|mask|o|other)?:?[^:\\s,]*:([0-7]|[rwx-]*)\\s*$",
};

const PERMISSION = mapOf(PERMISSION_KEYS, {
  schemas: {
    object: described(NAME, "Absolute path of a file, or of a directory whose content is meant."),
    pattern: described(TEXT, "** for everything below the object, else the name of a direct child; * is special."),
    except: described(listOf(TEXT), "Names of direct children that are left out; * is special."),
    type: described(listOf({ enum: [...PERMISSION_TYPES] }), "What the entry applies to; both without it."),
    owner: described(NAME, "User name or id."),
    group: described(NAME, "Group name or id."),
    mode: described(
      anyOf({ type: "string", pattern: "^\\s*0?[0-7]{0,4}\\s*$" }, { type: "integer", minimum: 0, maximum: 7777 }),
      "Octal digits, as in 0644.",
    ),
    acls: described(listOf(ACL_ENTRY), "The whole access control list: [default:][type:]name:permissions."),
    context: described(CONTEXT, "SELinux context."),
  },
  required: ["object"],
});

const SCRIPT = mapOf(SCRIPT_KEYS, {
  schemas: {
    location: described(NAME, "Path of the script in the revision."),
    timeout: described(
      anyOf(
        { type: "integer", minimum: 1 },
        { type: "string", pattern: "^\\s*\\+?\\d+(\\.0*)?\\s*$" },
        { const: false },
      ),
      "Seconds; 3600 without it.",
    ),
    runas: described(NAME, "User to run it as; the agent's own without it."),
    sudo: described(
      anyOf(
        { type: "boolean" },
        { type: "string", pattern: `^(${["yes", "no", "on", "off", "true", "false"].map(inAnyCase).join("|")})$` },
      ),
      "Whether it is run through sudo.",
    ),
  },
  required: ["location"],
});

const SCRIPTS: JsonSchema = { $ref: "#/definitions/scripts" };

/** Custom events are possible, so other names are, too. */
const HOOKS: JsonSchema = {
  type: "object",
  properties: Object.fromEntries(HOOK_EVENTS.map((event) => [event, SCRIPTS])),
  additionalProperties: SCRIPTS,
};

interface Keys<Table> {
  /** A schema for each key of the parser's table: one too few or too many does not compile. */
  readonly schemas: Readonly<Record<keyof Table, JsonSchema>>;
  readonly required: readonly (keyof Table)[];
}

/** A key without a value counts as absent, and unknown keys are no errors. */
function mapOf<Table extends FieldTable>(table: Table, { schemas, required }: Keys<Table>): JsonSchema {
  const keys = Object.keys(table) as (keyof Table & string)[];
  const schemaOf = (key: keyof Table & string) => (required.includes(key) ? schemas[key] : orNull(schemas[key]));
  return { type: "object", properties: Object.fromEntries(keys.map((key) => [key, schemaOf(key)])), required };
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

function described(schema: JsonSchema, description: string): JsonSchema {
  return { ...schema, description };
}

function anyOf(...schemas: readonly JsonSchema[]): JsonSchema {
  return { anyOf: schemas };
}

function orNull({ description, ...schema }: JsonSchema): JsonSchema {
  const words = description === undefined ? {} : { description };
  return schema["type"] === "null" ? { ...schema, ...words } : { ...anyOf(schema, { type: "null" }), ...words };
}

/** JSON Schema has no flag for it. */
function inAnyCase(word: string): string {
  return word.replace(/[a-z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`);
}
