import { builtinModules, createRequire } from "node:module";

const require = createRequire(import.meta.url);
const BUILTIN = /^(?:node:)?[a-z][a-z0-9_/]*$/;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const NAMESPACE = "node-builtin";
/** The package that copies Node's streams for other platforms, or a file of it that holds one class. */
const STREAM_COPY = /^readable-stream(?:\/lib\/_stream_(?<kind>[a-z]+)\.js)?$/;
const STREAM_NAMESPACE = "node-stream";

/**
 * Loads Node's own modules by require(), also where the source imports them. An import reads every export of a module,
 * among them those that Node makes when they are first read: that of node:http loads a whole second HTTP client.
 */
export const nodeBuiltins = {
  name: "node-builtins",
  setup(build) {
    build.onResolve({ filter: BUILTIN }, ({ path: asked, kind }) => {
      const name = asked.replace(/^node:/, "");
      if (!builtinModules.includes(name)) return undefined;
      const path = `node:${name}`;
      return kind === "require-call" ? { path, external: true } : { path, namespace: NAMESPACE, sideEffects: false };
    });
    build.onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({ contents: moduleText(path) }));
    build.onResolve({ filter: STREAM_COPY }, ({ path }) => ({ path, namespace: STREAM_NAMESPACE }));
    build.onLoad({ filter: /./, namespace: STREAM_NAMESPACE }, ({ path }) => ({ contents: streamText(path) }));
  },
};

/** A CommonJS module with what a file of the stream package exports, which is what Node's own module has. */
function streamText(path) {
  const { kind } = STREAM_COPY.exec(path).groups;
  const member = kind === undefined ? "" : `.${kind[0].toUpperCase()}${kind.slice(1)}`;
  return `module.exports = require("node:stream")${member};`;
}

/** An ES module with the exports of a builtin, each of which is read only if something imports it. */
function moduleText(path) {
  const names = Object.keys(require(path)).filter((name) => IDENTIFIER.test(name) && name !== "default");
  const reads = names.map((name) => `const ${name}_ = /* @__PURE__ */ (() => builtin.${name})();`);
  const exports = names.map((name) => `${name}_ as ${name}`);
  return `const builtin = /* @__PURE__ */ require(${JSON.stringify(path)});
${reads.join("\n")}
export { ${["builtin as default", ...exports].join(", ")} };`;
}
