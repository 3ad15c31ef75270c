import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/load.ts";
import { KEYS } from "../../src/config/schema.ts";

const FILE = fileURLToPath(new URL("../../packaging/conf/codedeployagent.yml", import.meta.url));
const text = readFileSync(FILE, "utf8");

describe("the packaged configuration file", () => {
  test("says what the defaults are", () => {
    const { config, warnings } = readConfig(text, FILE);
    expect(warnings).toEqual([]);
    for (const [key, definition] of Object.entries(KEYS))
      expect([key, config[key as keyof typeof config]]).toEqual([key, definition.default]);
  });

  test.each(Object.entries(KEYS))("documents %s", (key, { doc }) => {
    expect(text).toContain(`# ${doc}\n${key}:`);
  });
});
