// Bundles the programs into dist/: one entry each, and chunks for what is loaded only when it is needed.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { nodeBuiltins } from "./node-builtins.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const entry = (program) => ({ in: `src/bin/${program}.ts`, out: program });
const dist = join(root, "dist");
/** What is built beside it takes its place at the end, by two renames: until then there is what was built before. */
const out = `${dist}-${process.pid}`;

// CommonJS packages call require() for Node's own modules. To make one with "node:module" takes a while in each file.
const banner = "#!/usr/bin/env node\nconst require = process.getBuiltinModule;";

/** What nearly every command needs, and little else. */
const TOGETHER = [
  "src/bin/front.ts",
  "src/cli/daemon/context.ts",
  "src/cli/daemon/daemon-state.ts",
  "src/cli/daemon/messages.ts",
  "src/agent/pause-marker.ts",
  "src/cli/terminal/printable.ts",
  "src/cli/terminal/quantities.ts",
  "src/cli/terminal/style.ts",
  "src/deployment/error.ts",
  "src/deployment/diagnostics.ts",
  "src/host/files/file-system.ts",
].map((file) => join(root, file));
const [FRONT] = TOGETHER;

/**
 * Every file is found, read and compiled on its own, which takes longer than what most of them do. esbuild makes a chunk
 * of the code that the same entries need, so whatever is loaded later is made to need what nearly every command needs.
 */
const together = {
  name: "together",
  setup({ onLoad }) {
    const later = filesLoadedLater();
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const needed = later.has(path) && path !== FRONT ? TOGETHER.filter((file) => file !== path) : [];
      const imports = needed.map((file) => `\nimport ${JSON.stringify(file)};`);
      return { contents: (await readFile(path, "utf8")) + imports.join(""), loader: "ts" };
    });
  },
};

/** What is loaded by import() of a path, as absolute paths. */
function filesLoadedLater() {
  const files = readdirSync(join(root, "src"), { recursive: true }).filter((name) => name.endsWith(".ts"));
  const loaded = files.flatMap((name) => {
    const path = join(root, "src", name);
    const found = readFileSync(path, "utf8").matchAll(/\bimport\("(\.[^"]+)"\)/g);
    return [...found].map(([, to]) => resolve(dirname(path), to));
  });
  return new Set(loaded);
}

/** No program has commands in files of their own; commander would load all that it takes to start them. */
const noCommandFiles = {
  name: "no-command-files",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes("/node_modules/commander/") ? { path: "child_process", namespace: "absent" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "absent" }, () => ({ contents: "module.exports = {};" }));
  },
};

// What only the sandbox uses of a library must not end up in the agent's memory, so they share no chunks.
const AGENT = [
  {
    entryPoints: [entry("codedeploy-agent"), entry("codedeploy-local"), entry("codedeploy-worker")],
    plugins: [together, noCommandFiles, nodeBuiltins],
  },
  // Threads start from a file of their own.
  { entryPoints: [{ in: "src/host/file-threads/file-worker.ts", out: "file-worker" }], plugins: [nodeBuiltins] },
];
const SANDBOX = [{ entryPoints: [entry("codedeploy-sandbox")], plugins: [noCommandFiles, nodeBuiltins] }];

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

/** Builds bundles. @returns what went in and what came out */
async function buildAll(bundles) {
  const inputs = [];
  const outputs = [];
  for (const { entryPoints, plugins } of bundles) {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints,
      plugins,
      outdir: out,
      bundle: true,
      metafile: true,
      splitting: true,
      format: "esm",
      platform: "node",
      // The ES modules of a package tell which of its code is used; the CommonJS ones are bundled whole.
      mainFields: ["module", "main"],
      alias: { yaml: join(root, "node_modules/yaml/browser/dist/index.js") },
      target: "node20.19",
      chunkNames: "chunks/[name]-[hash]",
      banner: { js: banner },
      define: {
        __dirname: "import.meta.dirname",
        BUILD_COMMIT: JSON.stringify(commit()) ?? "undefined",
        // Leaves out what libraries keep for their development.
        "process.env.NODE_ENV": '"production"',
      },
      minify: true,
      legalComments: "external",
      logLevel: "warning",
    });
    inputs.push(...Object.keys(metafile.inputs));
    outputs.push(...Object.keys(metafile.outputs));
  }
  return { inputs, outputs };
}

try {
  await buildPrograms();
  await takePlace();
} finally {
  await rm(out, { recursive: true, force: true });
}

async function buildPrograms() {
  const { inputs, outputs } = await buildAll(AGENT);
  await buildAll(SANDBOX);
  await copyFile(sqlite, join(out, "chunks", "node-sqlite3-wasm.wasm"));
  // Where src/bin/compile-cache.ts keeps compiled code; it believes no directory that others can write to.
  await mkdir(join(out, "compile-cache"));
  await chmod(join(out, "compile-cache"), 0o755);
  // What the packages of a host are made of: the agent's files, and the npm packages in them.
  const packageOf = (input) => input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0];
  const packages = [...new Set(inputs.map(packageOf).filter(Boolean))].sort();
  const files = [...new Set(outputs)].map((file) => join("dist", relative(out, join(root, file)))).sort();
  const bundle = { commit: commit(), files, packages };
  await writeFile(join(out, ".bundle.json"), JSON.stringify(bundle));
  for (const file of await readdir(out)) if (file.endsWith(".js")) await chmod(join(out, file), 0o755);
}

async function takePlace() {
  const old = `${out}-old`;
  await rename(dist, old).catch(ifNone);
  // Where another build has just taken the place, what it made is as good.
  await rename(out, dist).catch((error) => {
    if (error.code !== "ENOTEMPTY") throw error;
  });
  await rm(old, { recursive: true, force: true });
}

function ifNone(error) {
  if (error.code !== "ENOENT") throw error;
}
