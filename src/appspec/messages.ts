/** Everything that is said about a faulty AppSpec file. Each is a sentence without its full stop. */
export const MESSAGES = {
  tooLarge: (limit: number) => `the file has more than ${limit} characters`,
  tooDeep: "the file nests lists and maps deeper than any AppSpec file does",
  nulCharacter: "the file contains a NUL character, so it is no text",
  tooManyValues: (limit: number) => `through its aliases the file has more than ${limit} values`,
  unknownAlias: (name: string) => `the alias *${name} has no anchor &${name} before it`,
  aliasInItself: (name: string) => `the alias *${name} stands inside of what it repeats`,
  mergeNeedsMap: "a merge key (<<) takes a map or a list of maps",
  keyIsNoText: "a key must be a text",
  duplicateKey: (key: string) => `${quoted(key)} is given twice; the last one counts`,
  severalDocuments: "only the first YAML document of the file counts",
  yamlSyntax: (reason: string) => `not valid YAML: ${lowerFirst(firstLine(reason))}`,

  empty: 'the file is empty; it needs at least "version: 0.0" and "os: linux"',
  otherPlatform: (platform: string) =>
    `this is an AppSpec file for ${platform} (it has Resources); no agent runs it: a deployment to servers needs os, files and hooks`,
  unknownKey: (suggestion: string | undefined) => `unknown key, it has no effect${didYouMean(suggestion)}`,

  needsMap: (given: string) => `must be a map of "key: value" lines, not ${given}`,
  needsList: (given: string) => `must be a list, not ${given}`,
  needsText: (given: string) => `must be a text, not ${given}`,
  emptyItem: "the item is empty",
  blank: "must not be empty",
  nulInText: "must not contain a NUL character",

  versionMissing: 'is missing; write "version: 0.0"',
  version: (given: string) => `${quoted(given)} is not a version this agent knows; the only one is 0.0`,
  osMissing: 'is missing; write "os: linux"',
  os: (given: string) => `${quoted(given)} is not the platform of this host; on this host it must be linux`,
  fileExistsBehavior: (given: string, accepted: readonly string[]) =>
    `${quoted(given)} is not one of ${accepted.join(", ")}`,

  sourceMissing: (destination: string | undefined) =>
    `an item of files has no source${destination === undefined ? "" : ` for its destination ${quoted(destination)}`}`,
  destinationMissing: (source: string | undefined) =>
    `an item of files has no destination${source === undefined ? "" : ` for its source ${quoted(source)}`}`,
  sourceRefused: (source: string, destination: string, reason: string) =>
    `${quoted(source)} (for ${quoted(destination)}) ${reason}; a source is a path inside the revision`,
  destinationNotAbsolute: (source: string, destination: string) =>
    `${quoted(destination)} (for source ${quoted(source)}) is not absolute; a destination begins with /`,

  locationMissing: (event: string) => `a script of ${event} has no location`,
  locationRefused: (location: string, reason: string) =>
    `${quoted(location)} ${reason}; a location is a path inside the revision`,
  timeout: (given: string, suggestion: number | undefined) =>
    `${quoted(given)} is not a whole number of seconds above 0${suggestion === undefined ? "" : `; write ${suggestion}`}`,
  timeoutLeadingZero: (given: string, seconds: number) =>
    `${given} is read as ${seconds} s; AWS's agent reads it as an octal number`,
  timeoutSum: (event: string, seconds: number, limit: number) =>
    `the timeouts of ${event} add up to ${seconds} s, but the service ends an event after ${limit} s`,
  runAsBlank: "names no user; leave the key out to run the script as the agent's user",
  sudo: (given: string) => `${quoted(given)} is neither true nor false`,
  sudoText: (given: string, meaning: boolean) =>
    `the text ${quoted(given)} is taken for ${meaning}; write it without quotes`,
  unknownEvent: (suggestion: string | undefined) =>
    `no such lifecycle event; its scripts run only if it is a custom event of the service${didYouMean(suggestion)}`,
  eventWithoutScripts: (event: string) => `the event ${event} has no scripts, these will never run`,

  objectMissing: "an item of permissions has no object",
  objectNotAbsolute: (object: string, absolute: string) =>
    `${quoted(object)} is not absolute; it is taken for ${absolute}`,
  permissionType: (given: string) => `${quoted(given)} is not a type; write file or directory`,
  noTypes: "the list is empty, so the entry applies to nothing",
  modeLength: (given: string) => `${quoted(given)} is not a mode; write 1 to 4 octal digits, as in 0644`,
  modeDigits: (given: string, culprits: string) =>
    `${given} has characters that are not octal digits (0-7): ${culprits}; symbolic modes are not supported`,
  modeEmpty: "the empty text means 000: nobody may read, write or execute",
  acl: (entry: string) => `${quoted(entry)} is not an access control entry; write [default:][type:]name:permissions`,
  aclName: (entry: string) => `${quoted(entry)} has a name that an access control list cannot hold`,
  aclBase: (entry: string) => `${quoted(entry)} sets a base permission; use mode for it`,
  aclPermission: (entry: string, character: string) =>
    `${quoted(entry)} has ${quoted(character)} among its permissions; use r, w, x, - or one digit from 0 to 7`,
  aclDuplicate: (entry: string) => `${quoted(entry)} is given twice in this list`,
  contextWithoutType: "an SELinux context needs a type",
  contextRole: "the role of a context cannot be set; leave it out",
  contextTwoUsers: "user and name mean the same; keep one of them",
  contextWord: (given: string) => `${quoted(given)} is not an SELinux identifier`,
  range: (range: string, part: string, what: string) => `${quoted(range)}: ${quoted(part)} is not ${what}`,
  rangeOrder: (range: string) => `${quoted(range)} ends below its beginning`,
  rangeDuplicates: (range: string) => `${quoted(range)} has duplicate categories`,
} as const;

/** A value as it appears in a message: quoted, on one line, of bounded length. */
export function quoted(value: string): string {
  const text = value.length > 120 ? `${value.slice(0, 119)}…` : value;
  return JSON.stringify(text.toWellFormed());
}

function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
