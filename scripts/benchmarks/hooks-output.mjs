// node hooks-output.mjs <module> <request>: runs one event in this process and prints how long that took and by how
// many bytes the process grew meanwhile, at the most.
import { readFileSync, writeFileSync } from "node:fs";

const [module, request] = process.argv.slice(2);
const { hookEvent } = await import(module);
const wanted = JSON.parse(request);
const before = memory("VmRSS");
// From here on VmHWM is the greatest size after this moment; proc_pid_clear_refs(5).
writeFileSync("/proc/self/clear_refs", "5");
const start = performance.now();
await hookEvent(wanted)();
const milliseconds = performance.now() - start;
console.log(JSON.stringify({ milliseconds, growth: memory("VmHWM") - before }));

/** Bytes. */
function memory(name) {
  const [, kibibytes] = new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}
