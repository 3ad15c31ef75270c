import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const CLIENT = join(ROOT, "clients/codedeploy-commands");

describe("the generated client", () => {
  test.each(["plain", "secure"])("declares just the packages that its %s half imports", (service) => {
    const { dependencies } = JSON.parse(readFileSync(join(CLIENT, "package.json"), "utf8"));
    expect([...packagesImportedBelow(join(CLIENT, service, "src"))].sort()).toEqual(Object.keys(dependencies).sort());
  });

  test.each(["plain", "secure"])("asks for the versions that its %s half was generated for", (service) => {
    const ours = JSON.parse(readFileSync(join(CLIENT, "package.json"), "utf8")).dependencies;
    const generated = JSON.parse(readFileSync(join(CLIENT, service, "package.json"), "utf8")).dependencies;
    expect(generated).toMatchObject(ours);
  });
});

describe.skipIf(!existsSync("/bin/bash"))("scripts/generate-client (needs /bin/bash)", () => {
  const run = (...args: readonly string[]) =>
    spawnSync("/bin/bash", [join(ROOT, "scripts/generate-client"), ...args], {
      encoding: "utf8",
      env: { PATH: temporaryDirectory() },
    });

  test("exits 3 with one line when Java and Maven are missing", () => {
    const { status, stdout, stderr } = run("--check");
    expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
    expect(stderr).toBe("scripts/generate-client: not on the PATH: java mvn (it needs Java 17 or later and Maven)\n");
  });

  test("exits 2 when it is called wrongly", () => {
    expect(run("--force")).toMatchObject({ status: 2, stderr: "usage: scripts/generate-client [--check]\n" });
  });
});

function packagesImportedBelow(directory: string): Set<string> {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const code = files.map((file) => readFileSync(join(directory, file), "utf8").replace(/^ *(\*|\/\/).*$/gm, ""));
  const imports = code.flatMap((text) => [...text.matchAll(/ from "((?:@[^/"]+\/)?[^./"][^/"]*)/g)]);
  return new Set(imports.map(([, name = ""]) => name));
}
