import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AppSpec } from "../../src/appspec/appspec.ts";
import { renderFaults } from "../../src/appspec/faults.ts";
import { parseAppSpec } from "../../src/appspec/parse.ts";

const HEAD = "version: 0.0\nos: linux\n";

/** The faults as an operator sees them, warnings included. */
function faultsOf(text: string): string[] {
  const parsed = parseAppSpec(text, "appspec.yml");
  const errors = parsed.kind === "invalid" ? parsed.faults : [];
  const rendered = renderFaults("appspec.yml", [...errors, ...parsed.warnings]);
  return rendered === "" ? [] : rendered.replaceAll("appspec.yml:", "").split("\n");
}

function valid(text: string): AppSpec {
  const parsed = parseAppSpec(text, "appspec.yml");
  if (parsed.kind === "invalid") throw new Error(renderFaults("appspec.yml", parsed.faults));
  return parsed.appSpec;
}

describe("a whole file", () => {
  test("is read", () => {
    const appSpec = valid(`${HEAD}
files:
  - source: /dist//./a
    destination: /srv/app/
file_exists_behavior: overwrite
permissions:
  - object: /srv/app
    pattern: "*.sh"
    except: [x.sh]
    type: [file]
    owner: app
    group: 1001
    mode: 0755
    acls: ["bob:rw"]
    context: {user: system_u, type: httpd_t, range: s0}
hooks:
  AfterInstall:
    - location: scripts/a b.sh
      timeout: 300
      runas: app
    - location: /scripts/c.sh
      sudo: yes
  ApplicationStart:
`);
    expect(appSpec).toEqual({
      os: "linux",
      files: [{ source: "dist/a", destination: "/srv/app" }],
      fileExistsBehavior: "OVERWRITE",
      permissions: [
        {
          object: "/srv/app",
          pattern: "*.sh",
          except: ["x.sh"],
          types: ["file"],
          owner: "app",
          group: "1001",
          mode: 0o755,
          acls: [{ isDefault: false, type: "user", name: "bob", permissions: "rw-" }],
          context: { user: "system_u", type: "httpd_t", range: "s0" },
        },
      ],
      hooks: new Map([
        [
          "AfterInstall",
          [
            { location: "scripts/a b.sh", timeoutSeconds: 300, runAs: "app", sudo: false },
            { location: "/scripts/c.sh", timeoutSeconds: 3600, sudo: true },
          ],
        ],
      ]),
    });
  });

  test.each([
    ["nothing but the minimum", HEAD],
    ["blank sections", `${HEAD}files:\nhooks:\npermissions:\nfile_exists_behavior:\n`],
    ["a byte order mark", `\uFEFF${HEAD}`],
    ["Windows line ends", HEAD.replaceAll("\n", "\r\n")],
    ["JSON", '{"version": 0.0, "os": "linux"}'],
  ])("with %s is valid", (_name, text) => {
    expect(parseAppSpec(text, "appspec.yml")).toMatchObject({ kind: "valid", warnings: [] });
    expect(valid(text)).toEqual({ os: "linux", files: [], permissions: [], hooks: new Map() });
  });

  test("may repeat itself through anchors, aliases and merge keys", () => {
    const { files, hooks } = valid(`${HEAD}
files:
  - &first {source: a, destination: /a}
  - <<: *first
    destination: /b
  - <<: [{destination: /c}, *first]
hooks:
  AfterInstall: &scripts
    - location: x
  ApplicationStart: *scripts
`);
    expect(files).toEqual([
      { source: "a", destination: "/a" },
      { source: "a", destination: "/b" },
      { source: "a", destination: "/c" },
    ]);
    expect(hooks.get("ApplicationStart")).toEqual(hooks.get("AfterInstall"));
  });

  test("has all its faults reported, in order", () => {
    expect(faultsOf("version: 1\nos: windows\nfiles: x\nhooks: []\n")).toEqual([
      '1:10 error version: "1" is not a version this agent knows; the only one is 0.0',
      '2:5 error os: "windows" is not the platform of this host; on this host it must be linux',
      "3:8 error files: must be a list, not a single value",
      '4:8 error hooks: must be a map of "key: value" lines, not a list',
    ]);
  });
});

describe.each<readonly [string, string, readonly string[]]>([
  ["an empty file", "", ['1:1 error the file is empty; it needs at least "version: 0.0" and "os: linux"']],
  ["blanks only", " \n\n", ['1:1 error the file is empty; it needs at least "version: 0.0" and "os: linux"']],
  ["a scalar", "x", ['1:1 error must be a map of "key: value" lines, not a single value']],
  ["a list", "- x", ['1:1 error must be a map of "key: value" lines, not a list']],
  ["files as a text", `${HEAD}files: x`, ["3:8 error files: must be a list, not a single value"]],
  ["files as a map", `${HEAD}files: {source: a}`, ["3:8 error files: must be a list, not a map"]],
  ["an empty item of files", `${HEAD}files:\n  -\n`, ["4:4 error files[0]: the item is empty"]],
  ["hooks as a list", `${HEAD}hooks: [x]`, ['3:8 error hooks: must be a map of "key: value" lines, not a list']],
  [
    "an event as a text",
    `${HEAD}hooks: {AfterInstall: x}`,
    ["3:23 error hooks.AfterInstall: must be a list, not a single value"],
  ],
  [
    "an event as a map",
    `${HEAD}hooks: {AfterInstall: {location: x}}`,
    ["3:23 error hooks.AfterInstall: must be a list, not a map"],
  ],
  [
    "an event as a list of texts",
    `${HEAD}hooks: {AfterInstall: [x]}`,
    ['3:24 error hooks.AfterInstall[0]: must be a map of "key: value" lines, not a single value'],
  ],
  ["an event without a value", `${HEAD}hooks: {AfterInstall: }`, []],
  ["an empty item of permissions", `${HEAD}permissions: [null]`, ["3:15 error permissions[0]: the item is empty"]],
  [
    "type as a text",
    `${HEAD}permissions: [{object: /a, type: file}]`,
    ["3:34 error permissions[0].type: must be a list, not a single value"],
  ],
  [
    "except as a text",
    `${HEAD}permissions: [{object: /a, except: x}]`,
    ["3:36 error permissions[0].except: must be a list, not a single value"],
  ],
  [
    "acls as a text",
    `${HEAD}permissions: [{object: /a, acls: x}]`,
    ["3:34 error permissions[0].acls: must be a list, not a single value"],
  ],
  [
    "an empty item of acls",
    `${HEAD}permissions: [{object: /a, acls: [null]}]`,
    ["3:35 error permissions[0].acls[0]: the item is empty"],
  ],
  [
    "a number as range",
    `${HEAD}permissions: [{object: /a, context: {type: t, range: 1}}]`,
    ['3:54 error permissions[0].context.range: "1": "1" is not a sensitivity (s0)'],
  ],
])("the wrong shape: %s", (_name, text, faults) => {
  test("is a fault with its place", () => expect(faultsOf(text)).toEqual(faults));
});

describe.each<readonly [string, string, string]>([
  ["no version", "os: linux", '1:1 error version: is missing; write "version: 0.0"'],
  [
    "a wrong version",
    "version: 0.1\nos: linux",
    '1:10 error version: "0.1" is not a version this agent knows; the only one is 0.0',
  ],
  ["no os", "version: 0.0", '1:1 error os: is missing; write "os: linux"'],
  [
    "another os",
    "version: 0.0\nos: Linux",
    '2:5 error os: "Linux" is not the platform of this host; on this host it must be linux',
  ],
  [
    "a script without location",
    `${HEAD}hooks:\n  AfterInstall:\n    - timeout: 3`,
    "5:7 error hooks.AfterInstall[0]: a script of AfterInstall has no location",
  ],
  [
    "a blank location",
    `${HEAD}hooks:\n  AfterInstall:\n    - location: ' '`,
    "5:17 error hooks.AfterInstall[0].location: must not be empty",
  ],
  [
    "a location that climbs",
    `${HEAD}hooks:\n  AfterInstall:\n    - location: a/../../b`,
    '5:17 error hooks.AfterInstall[0].location: "a/../../b" leads out of its directory; a location is a path inside the revision',
  ],
  [
    "an item of files without source",
    `${HEAD}files:\n  - destination: /x`,
    '4:5 error files[0]: an item of files has no source for its destination "/x"',
  ],
  [
    "an item of files without destination",
    `${HEAD}files:\n  - source: x`,
    '4:5 error files[0]: an item of files has no destination for its source "x"',
  ],
  [
    "a source that climbs",
    `${HEAD}files:\n  - source: ../x\n    destination: /x`,
    '4:13 error files[0].source: "../x" (for "/x") leads out of its directory; a source is a path inside the revision',
  ],
  [
    "a relative destination",
    `${HEAD}files:\n  - source: x\n    destination: ~/x`,
    '5:18 error files[0].destination: "~/x" (for source "x") is not absolute; a destination begins with /',
  ],
  [
    "an item of permissions without object",
    `${HEAD}permissions:\n  - mode: 644`,
    "4:5 error permissions[0]: an item of permissions has no object",
  ],
  ["a blank object", `${HEAD}permissions:\n  - object: ' '`, "4:13 error permissions[0].object: must not be empty"],
  [
    "a wrong type",
    `${HEAD}permissions:\n  - object: /a\n    type: [file, link]`,
    '5:18 error permissions[0].type[1]: "link" is not a type; write file or directory',
  ],
  [
    "a mode with too many digits",
    `${HEAD}permissions:\n  - object: /a\n    mode: "107777"`,
    '5:11 error permissions[0].mode: "107777" is not a mode; write 1 to 4 octal digits, as in 0644',
  ],
  [
    "a mode with wrong digits",
    `${HEAD}permissions:\n  - object: /a\n    mode: 688`,
    "5:11 error permissions[0].mode: 688 has characters that are not octal digits (0-7): 8; symbolic modes are not supported",
  ],
  [
    "a symbolic mode",
    `${HEAD}permissions:\n  - object: /a\n    mode: u+x`,
    "5:11 error permissions[0].mode: u+x has characters that are not octal digits (0-7): u+x; symbolic modes are not supported",
  ],
  [
    "a malformed entry",
    `${HEAD}permissions:\n  - object: /a\n    acls: [x]`,
    '5:12 error permissions[0].acls[0]: "x" is not an access control entry; write [default:][type:]name:permissions',
  ],
  [
    "a base entry",
    `${HEAD}permissions:\n  - object: /a\n    acls: ["u::rw"]`,
    '5:12 error permissions[0].acls[0]: "u::rw" sets a base permission; use mode for it',
  ],
  [
    "a wrong permission",
    `${HEAD}permissions:\n  - object: /a\n    acls: ["bob:rX"]`,
    '5:12 error permissions[0].acls[0]: "bob:rX" has "X" among its permissions; use r, w, x, - or one digit from 0 to 7',
  ],
  [
    "an entry given twice",
    `${HEAD}permissions:\n  - object: /a\n    acls: ["bob:r", "u:bob:w"]`,
    '5:21 error permissions[0].acls[1]: "u:bob:w" is given twice in this list',
  ],
  [
    "a context without type",
    `${HEAD}permissions:\n  - object: /a\n    context: {user: u}`,
    "5:14 error permissions[0].context: an SELinux context needs a type",
  ],
  [
    "a context with a role",
    `${HEAD}permissions:\n  - object: /a\n    context: {type: t, role: r}`,
    "5:30 error permissions[0].context.role: the role of a context cannot be set; leave it out",
  ],
  [
    "a context with an option for a name",
    `${HEAD}permissions:\n  - object: /a\n    context: {type: -r}`,
    '5:21 error permissions[0].context.type: "-r" is not an SELinux identifier',
  ],
  [
    "two users in a context",
    `${HEAD}permissions:\n  - object: /a\n    context: {type: t, user: a, name: b}`,
    "5:14 error permissions[0].context: user and name mean the same; keep one of them",
  ],
  [
    "a wrong behaviour",
    `${HEAD}file_exists_behavior: KEEP`,
    '3:23 error file_exists_behavior: "KEEP" is not one of DISALLOW, OVERWRITE, RETAIN',
  ],
  [
    "nobody to run as",
    `${HEAD}hooks:\n  AfterInstall:\n    - location: x\n      runas: ''`,
    "6:14 error hooks.AfterInstall[0].runas: names no user; leave the key out to run the script as the agent's user",
  ],
  [
    "sudo that is no truth",
    `${HEAD}hooks:\n  AfterInstall:\n    - location: x\n      sudo: maybe`,
    '6:13 error hooks.AfterInstall[0].sudo: "maybe" is neither true nor false',
  ],
  [
    "a file for Lambda",
    "version: 0.0\nResources:\n  - x: {Type: AWS::Lambda::Function}\nHooks:\n  - a: b",
    "1:1 error this is an AppSpec file for Lambda (it has Resources); no agent runs it: a deployment to servers needs os, files and hooks",
  ],
  [
    "a file for Lambda as the guide writes it",
    "version: 0.0\nResources:\n  - f:\n      Type: AWS::Lambda::Function\n",
    "1:1 error this is an AppSpec file for Lambda (it has Resources); no agent runs it: a deployment to servers needs os, files and hooks",
  ],
  [
    "a file for ECS",
    '{"version": 0.0, "Resources": [{"TargetService": {"Type": "AWS::ECS::Service"}}]}',
    "1:1 error this is an AppSpec file for ECS (it has Resources); no agent runs it: a deployment to servers needs os, files and hooks",
  ],
  [
    "a file for something else",
    "version: 0.0\nResources: x\n",
    "1:1 error this is an AppSpec file for Lambda or ECS (it has Resources); no agent runs it: a deployment to servers needs os, files and hooks",
  ],
  [
    "a location without a value",
    `${HEAD}hooks:\n  AfterInstall:\n    - location:`,
    "5:7 error hooks.AfterInstall[0]: a script of AfterInstall has no location",
  ],
  ["a tab", "version: 0.0\n\tos: linux", "2:1 error not valid YAML: tabs are not allowed as indentation"],
  ["a NUL character", "version: 0.0\nos: linux\0", "1:1 error the file contains a NUL character, so it is no text"],
  ["an alias without anchor", `${HEAD}files: *x`, "3:8 error files: the alias *x has no anchor &x before it"],
  [
    "an alias in itself",
    `${HEAD}files: &x [*x]`,
    "3:12 error files[0][0]: the alias *x stands inside of what it repeats",
  ],
  ["a list as key", `${HEAD}[a]: b`, "3:1 error a key must be a text"],
  ["a merge with a text", `${HEAD}<<: x`, "3:5 error a merge key (<<) takes a map or a list of maps"],
])("a fault: %s", (_name, text, fault) => {
  test("is named with place, value and what is accepted", () => expect(faultsOf(text)).toContain(fault));
});

describe.each<readonly [string, string, string]>([
  ["a key given twice", `${HEAD}os: linux`, '3:1 warning os: "os" is given twice; the last one counts'],
  [
    "an unknown key",
    `${HEAD}permission: []`,
    "3:1 warning permission: unknown key, it has no effect; did you mean permissions?",
  ],
  ["an unlike unknown key", `${HEAD}x-comment: hi`, "3:1 warning x-comment: unknown key, it has no effect"],
  [
    "a misspelt event",
    `${HEAD}hooks:\n  AfterInstal:\n    - location: x`,
    "4:3 warning hooks.AfterInstal: no such lifecycle event; its scripts run only if it is a custom event of the service; did you mean AfterInstall?",
  ],
  [
    "an event without scripts",
    `${HEAD}hooks:\n  Install:\n    - location: x`,
    "4:3 warning hooks.Install: the event Install has no scripts, these will never run",
  ],
  [
    "timeouts beyond an hour",
    `${HEAD}hooks:\n  AfterInstall:\n    - location: x\n      timeout: 3000\n    - location: y\n      timeout: 601`,
    "4:3 warning hooks.AfterInstall: the timeouts of AfterInstall add up to 3601 s, but the service ends an event after 3600 s",
  ],
  [
    "a timeout like an octal number",
    `${HEAD}hooks:\n  AfterInstall:\n    - location: x\n      timeout: 0600`,
    "6:16 warning hooks.AfterInstall[0].timeout: 0600 is read as 600 s; AWS's agent reads it as an octal number",
  ],
  [
    "a truth in quotes",
    `${HEAD}hooks:\n  AfterInstall:\n    - location: x\n      sudo: "false"`,
    '6:13 warning hooks.AfterInstall[0].sudo: the text "false" is taken for false; write it without quotes',
  ],
  [
    "a relative object",
    `${HEAD}permissions:\n  - object: srv/a`,
    '4:13 warning permissions[0].object: "srv/a" is not absolute; it is taken for /srv/a',
  ],
  [
    "no types",
    `${HEAD}permissions:\n  - object: /a\n    type: []`,
    "5:11 warning permissions[0].type: the list is empty, so the entry applies to nothing",
  ],
  [
    "an empty mode",
    `${HEAD}permissions:\n  - object: /a\n    mode: ""`,
    "5:11 warning permissions[0].mode: the empty text means 000: nobody may read, write or execute",
  ],
  ["several documents", `${HEAD}---\nos: windows`, "3:1 warning only the first YAML document of the file counts"],
])("a warning: %s", (_name, text, warning) => {
  test("does not stop the deployment", () => expect(faultsOf(text)).toEqual([warning]));
});

test("a tag creates nothing", () => {
  expect(faultsOf(`${HEAD}files: !ruby/object:Evil []`)).toEqual([
    "3:8 warning not valid YAML: unresolved tag: !ruby/object:Evil",
  ]);
});

test.each(["0.0", "0", "0.00", "-0.0", '"0.0"', "'0'", "0e5"])("version %s is accepted", (version) => {
  expect(valid(`version: ${version}\nos: linux`).os).toBe("linux");
});

test.each<readonly [string, number]>([
  ["0644", 0o644],
  ["644", 0o644],
  ['"0644"', 0o644],
  ["04755", 0o4755],
  ['"04755"', 0o4755],
  ["7", 0o7],
  ["00", 0],
  ["1777", 0o1777],
])("mode %s is taken from what is written", (text, mode) => {
  expect(valid(`${HEAD}permissions: [{object: /a, mode: ${text}}]`).permissions[0]?.mode).toBe(mode);
});

describe("a timeout", () => {
  test.each([
    ["300", 300],
    ['"300"', 300],
    ["300.0", 300],
    ["null", 3600],
    ["false", 3600],
    ["", 3600],
  ])("of %s means %d s", (text, seconds) => {
    const { hooks } = valid(`${HEAD}hooks:\n  AfterInstall:\n    - location: x\n      timeout: ${text}`);
    expect(hooks.get("AfterInstall")?.[0]?.timeoutSeconds).toBe(seconds);
  });

  test.each([
    ["5 minutes", "; write 300"],
    ["1.5h", "; write 5400"],
    ["90s", "; write 90"],
    ["1e3", "; write 1000"],
    ["1.9", "; write 2"],
    ["0", ""],
    ["-5", ""],
    ["abc", ""],
    ['""', ""],
    ["true", ""],
    ["99999999999999999999", ""],
  ])("of %s is a fault", (text, suggestion) => {
    const [fault] = faultsOf(`${HEAD}hooks:\n  AfterInstall:\n    - location: x\n      timeout: ${text}`);
    const shown = text.startsWith('"') ? text : `"${text}"`;
    expect(fault).toBe(
      `6:16 error hooks.AfterInstall[0].timeout: ${shown} is not a whole number of seconds above 0${suggestion}`,
    );
  });
});

describe("hostile texts", () => {
  test.each([
    ["lists in lists", "[".repeat(20_000)],
    ["maps in maps", "{a: ".repeat(20_000)],
    ["dashes in dashes", "- ".repeat(20_000)],
    ["indentation without end", Array.from({ length: 1000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
  ])("nested too deeply are refused: %s", (_name, text) => {
    expect(faultsOf(text)).toEqual(["1:1 error the file nests lists and maps deeper than any AppSpec file does"]);
  });

  test("with aliases that multiply are refused", () => {
    const lines = Array.from(
      { length: 12 },
      (_, index) => `a${index + 1}: &a${index + 1} [${Array(9).fill(`*a${index}`)}]`,
    );
    expect(faultsOf(`a0: &a0 [x]\n${lines.join("\n")}`)[0]).toMatch(
      /error .*through its aliases the file has more than 100000 values$/,
    );
  });

  test("with aliases that nest are refused", () => {
    const lines = Array.from({ length: 500 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}]`);
    const deepest = `x: *a500`;
    expect(faultsOf(`a0: &a0 [x]\n${lines.join("\n")}\n${deepest}`)[0]).toMatch(/deeper than any AppSpec file does$/);
  });

  test("of a megabyte are refused", () => {
    expect(faultsOf("#".repeat(1024 * 1024 + 1))).toEqual(["1:1 error the file has more than 1048576 characters"]);
  });

  test("with names of object members are ordinary unknown keys", () => {
    expect(faultsOf(`${HEAD}__proto__: {x: 1}\nconstructor: x\nhasOwnProperty: y`)).toHaveLength(3);
  });
});

describe("any text", () => {
  const words = [
    "version: 0.0\n",
    "os: linux\n",
    "files:\n",
    "  - source: a\n",
    "    destination: /b\n",
    "hooks:\n",
    "  AfterInstall:\n",
    "    - location: x\n",
    "      timeout: ",
    "permissions:\n",
    "  - object: /a\n",
    "    acls: [",
    "]",
    "&a ",
    "*a",
    "<<: ",
    "{",
    "}",
    "\t",
    "- ",
    "? ",
    "!!binary ",
    "|\n",
    "'",
    '"',
    "0644",
    "null\n",
    "---\n",
  ];

  test("made of an AppSpec file's parts gives faults or a specification", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 25 }), (parts) => {
        expect(["valid", "invalid"]).toContain(parseAppSpec(parts.join(""), "x").kind);
      }),
      { numRuns: 1000 },
    );
  });

  test("of any characters gives faults or a specification, each fault on one line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const parsed = parseAppSpec(text, "x");
        const faults = parsed.kind === "invalid" ? parsed.faults : [];
        expect(renderFaults("x", faults).split("\n")).toHaveLength(Math.max(1, faults.length));
        if (parsed.kind === "invalid") expect(faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});
