// Writes packaging/appspec.schema.json from the parser's own tables; a test says when it is out of date.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const file = join(root, "packaging/appspec.schema.json");
const { outputFiles } = await build({
  entryPoints: [join(root, "src/appspec/schema.ts")],
  bundle: true,
  format: "esm",
  platform: "node",
  mainFields: ["module", "main"],
  write: false,
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire("/");' },
});
const { appSpecSchema } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
);
writeFileSync(file, `${JSON.stringify(appSpecSchema(), null, 2)}\n`);
const { status } = spawnSync(process.execPath, [join(root, "node_modules/.bin/biome"), "format", "--write", file]);
process.exitCode = status ?? 1;
