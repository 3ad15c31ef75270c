// Bundles the three programs into dist/: one entry each, and chunks for what is loaded only when it is needed.
import { execFileSync } from "node:child_process";
import { chmod, copyFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const entry = (program) => ({ in: `src/bin/${program}.ts`, out: program });
const out = join(root, "dist");

// CommonJS packages call require() for Node's own modules; an ES module has none unless it makes one.
const banner = `#!/usr/bin/env node
import { createRequire as createRequireForBundle } from "node:module";
const require = createRequireForBundle(import.meta.url), directoryOfBundle = import.meta.dirname;`;

// What only the sandbox uses of a library must not end up in the agent's memory, so they share no chunks.
const bundles = [
  [
    entry("codedeploy-agent"),
    entry("codedeploy-local"),
    // Threads start from a file of their own.
    { in: "src/host/file-threads/file-worker.ts", out: "file-worker" },
  ],
  [entry("codedeploy-sandbox")],
];

// SQLite's WebAssembly lies beside the code that loads it.
const sqlite = join(root, "node_modules/node-sqlite3-wasm/dist/node-sqlite3-wasm.wasm");

/** Abbreviated commit of the checkout; undefined for sources without one. */
function commit() {
  try {
    const options = { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    return execFileSync("git", ["rev-parse", "--short=10", "HEAD"], options).trim();
  } catch {
    return undefined;
  }
}

await rm(out, { recursive: true, force: true });
const built = [];
for (const entryPoints of bundles) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: out,
    bundle: true,
    metafile: true,
    splitting: true,
    format: "esm",
    platform: "node",
    // The ES modules of a package tell which of its code is used; the CommonJS ones are bundled whole.
    mainFields: ["module", "main"],
    target: "node20.19",
    chunkNames: "chunks/[name]-[hash]",
    banner: { js: banner },
    define: { __dirname: "directoryOfBundle", BUILD_COMMIT: JSON.stringify(commit()) ?? "undefined" },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "external",
    logLevel: "warning",
  });
  built.push(metafile);
}
await copyFile(sqlite, join(out, "chunks", "node-sqlite3-wasm.wasm"));
// What the packages of a host are made of: the agent's files, and the npm packages in them.
const [{ inputs, outputs }] = built;
const packageOf = (input) => input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0];
const packages = [...new Set(Object.keys(inputs).map(packageOf).filter(Boolean))].sort();
await writeFile(join(out, ".bundle.json"), JSON.stringify({ files: Object.keys(outputs).sort(), packages }));
for (const file of await readdir(out)) if (file.endsWith(".js")) await chmod(join(out, file), 0o755);
