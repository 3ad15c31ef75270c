import { faultText } from "../cli/terminal/fault-text.ts";
import { keepCompiledCode } from "./compile-cache.ts";

keepCompiledCode(import.meta.url);

/** What a terminal or an operator sends to all processes is for the daemon, which knows what to make of it. */
for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP"] as const) process.on(signal, () => {});
process.stderr.on("error", () => {});
process.once("uncaughtException", (error) => {
  process.stderr.write(`error: ${faultText(error)}\n`);
  process.exit(1);
});
// The daemon has ended, or has no more work. In the first case the next one undoes what is left half-done here.
process.once("disconnect", () => process.exit(0));

if (process.send === undefined) {
  process.stderr.write("error: this program is a part of codedeploy-agent, which starts it.\n");
  process.exit(1);
}
const { serveDaemon } = await import("../compose/worker.ts");
serveDaemon({
  send: (message) => void process.send?.(message, undefined, undefined, () => {}),
  onMessage: (listener) => void process.on("message", listener),
});
