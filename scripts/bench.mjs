// Runs the benchmarks that are named, or all: node scripts/bench.mjs [agent bundle ...]. Every figure is the median of
// several runs, beside a baseline that is measured in turn with it, for the speed of a machine changes by the minute.

const BENCHMARKS = {
  agent: () => import("./benchmarks/agent.mjs"),
  bundle: () => import("./benchmarks/bundle.mjs"),
  cli: () => import("./benchmarks/cli.mjs"),
  hooks: () => import("./benchmarks/hooks.mjs"),
  install: () => import("./benchmarks/install.mjs"),
  sandbox: () => import("./benchmarks/sandbox.mjs"),
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(`error: there is no benchmark ${unknown.join(", ")}; there are ${Object.keys(BENCHMARKS).join(", ")}`);
  process.exit(2);
}
console.log(`Node ${process.versions.node}; milliseconds as minimum / median / maximum\n`);
for (const name of names.length > 0 ? names : Object.keys(BENCHMARKS)) await (await BENCHMARKS[name]()).run();
