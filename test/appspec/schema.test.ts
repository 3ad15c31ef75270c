import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { parseAppSpec } from "../../src/appspec/parse.ts";
import { appSpecSchema } from "../../src/appspec/schema.ts";

const HEAD = "version: 0.0\nos: linux\n";
const shipped = JSON.parse(readFileSync(new URL("../../packaging/appspec.schema.json", import.meta.url), "utf8"));

test("the schema that ships is the one that the parser's tables give (node scripts/generate-appspec-schema.mjs)", () => {
  expect(shipped).toEqual(JSON.parse(JSON.stringify(appSpecSchema())));
});

const schema = z.fromJSONSchema(shipped);

const ACCEPTED = {
  "the least": HEAD,
  "version as a text": 'version: "0.0"\nos: linux\n',
  "empty sections": `${HEAD}files:\nhooks:\npermissions:\nfile_exists_behavior:\n`,
  JSON: '{"version": 0, "os": "linux", "files": [{"source": "/", "destination": "/srv"}]}',
  "unknown keys": `${HEAD}extra: 1\n`,
  "a behavior in lower case": `${HEAD}file_exists_behavior: overwrite\n`,
  files: `${HEAD}files:\n  - source: 1\n    destination: /srv/app\n`,
  "all of permissions": `${HEAD}permissions:
  - object: /srv
    pattern: "*.txt"
    except: [a, 1]
    type: [file, directory]
    owner: 1001
    group: web
    mode: 0644
    acls: ["bob:rw", "d:o:r", "m::7", "g:web:r-x", "default:user:x:"]
    context: { user: u, type: etc_t, range: "s0-s1:c0.c3,c7" }
`,
  modes: `${HEAD}permissions:\n  - { object: /a, mode: 644 }\n  - { object: /b, mode: "04755" }\n  - { object: /c, mode: "" }\n`,
  hooks: `${HEAD}hooks:
  AfterInstall:
    - { location: a.sh, timeout: "300", runas: bob, sudo: yes }
    - { location: b.sh, timeout: 10, sudo: true }
  Custom: [{ location: c.sh }]
  BeforeInstall:
`,
};

const REFUSED = {
  "an empty file": "",
  "a scalar": "text\n",
  "a list": "- a\n",
  "no version": "os: linux\n",
  "another version": "version: 1.0\nos: linux\n",
  "another platform": "version: 0.0\nos: windows\n",
  "files as a text": `${HEAD}files: a\n`,
  "files as a map": `${HEAD}files: { source: a, destination: /b }\n`,
  "an empty item of files": `${HEAD}files:\n  -\n`,
  "no source": `${HEAD}files:\n  - destination: /b\n`,
  "no destination": `${HEAD}files:\n  - source: b\n`,
  "a relative destination": `${HEAD}files:\n  - { source: b, destination: c }\n`,
  "hooks as a list": `${HEAD}hooks: [a]\n`,
  "an event as a text": `${HEAD}hooks: { AfterInstall: a.sh }\n`,
  "an event as a map": `${HEAD}hooks: { AfterInstall: { location: a.sh } }\n`,
  "scripts as texts": `${HEAD}hooks: { AfterInstall: [a.sh] }\n`,
  "a script without location": `${HEAD}hooks: { AfterInstall: [{ timeout: 3 }] }\n`,
  "a blank location": `${HEAD}hooks: { AfterInstall: [{ location: " " }] }\n`,
  "a timeout of 0": `${HEAD}hooks: { AfterInstall: [{ location: a, timeout: 0 }] }\n`,
  "a timeout in words": `${HEAD}hooks: { AfterInstall: [{ location: a, timeout: 5 minutes }] }\n`,
  "a blank runas": `${HEAD}hooks: { AfterInstall: [{ location: a, runas: "" }] }\n`,
  "sudo as another text": `${HEAD}hooks: { AfterInstall: [{ location: a, sudo: maybe }] }\n`,
  "an empty item of permissions": `${HEAD}permissions:\n  -\n`,
  "no object": `${HEAD}permissions:\n  - mode: 644\n`,
  "a type as a text": `${HEAD}permissions:\n  - { object: /a, type: file }\n`,
  "another type": `${HEAD}permissions:\n  - { object: /a, type: [link] }\n`,
  "except as a text": `${HEAD}permissions:\n  - { object: /a, except: b }\n`,
  "acls as a text": `${HEAD}permissions:\n  - { object: /a, acls: "bob:rw" }\n`,
  "an empty acl": `${HEAD}permissions:\n  - { object: /a, acls: [ ] }\n  - { object: /b, acls: [~] }\n`,
  "a malformed acl": `${HEAD}permissions:\n  - { object: /a, acls: ["bob:X"] }\n`,
  "a symbolic mode": `${HEAD}permissions:\n  - { object: /a, mode: u=rw }\n`,
  "a mode of five digits": `${HEAD}permissions:\n  - { object: /a, mode: "12345" }\n`,
  "a context without type": `${HEAD}permissions:\n  - { object: /a, context: { user: u } }\n`,
  "a context with a role": `${HEAD}permissions:\n  - { object: /a, context: { type: t, role: r } }\n`,
  "a range as a number": `${HEAD}permissions:\n  - { object: /a, context: { type: t, range: 5 } }\n`,
  "another behavior": `${HEAD}file_exists_behavior: SKIP\n`,
};

describe("schema and parser", () => {
  test.each(Object.entries(ACCEPTED))("both accept %s", (_name, text) => {
    expect(verdicts(text)).toEqual({ parser: true, schema: true });
  });

  test.each(Object.entries(REFUSED))("both refuse %s", (_name, text) => {
    expect(verdicts(text)).toEqual({ parser: false, schema: false });
  });
});

function verdicts(text: string) {
  return { parser: parseAppSpec(text, "appspec.yml").kind === "valid", schema: schema.safeParse(parse(text)).success };
}
