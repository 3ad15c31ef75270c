// One Install in a process of its own, for install.mjs: node install-once.mjs <order.json>. Prints milliseconds and the
// most memory that the process had, in kilobytes. Bundled before it is run.
import { mkdirSync, readFileSync } from "node:fs";
import { Layout } from "../../src/deployment/layout.ts";
import { createAccessControl } from "../../src/host/accounts/access-control.ts";
import { createAccounts } from "../../src/host/accounts/accounts.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { heap, keepHeapSmall } from "../../src/host/small-heap.ts";
import { install } from "../../src/install/install.ts";

keepHeapSmall();
const { archive, target, root, permissions } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const deploymentDirectory = `${root}/group/d-1`;
mkdirSync(deploymentDirectory, { recursive: true });
const ports = {
  fileSystem: localFileSystem,
  accessControl: createAccessControl(),
  accounts: createAccounts(),
  log: { debug() {}, info() {}, warn: console.error, error: console.error },
  clock: { random: Math.random, monotonic: () => performance.now() },
};
const request = {
  appSpec: { os: "linux", files: [{ source: "", destination: target }], permissions, hooks: new Map() },
  archive,
  deploymentDirectory,
  groupId: "group",
  fileExistsBehavior: "DISALLOW",
  layout: new Layout(root),
};
const startedAt = performance.now();
const { files } = await heap.roomy(() => install(request, ports));
const milliseconds = performance.now() - startedAt;
// The usage that the system counts begins with the memory of the process that started this one.
const kilobytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
console.log(JSON.stringify({ milliseconds, kilobytes, files }));
process.exit(0);
