// A small HTTP service: answers every request with its version.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";

const home = new URL("./", import.meta.url);
const read = (name) => readFileSync(new URL(name, home), "utf8").trim();
const pidFile = new URL("../hello-web.pid", home);

const server = createServer((_request, response) => response.end(`hello ${read("VERSION")}\n`));
server.listen(Number(read("PORT")), "127.0.0.1", () => writeFileSync(pidFile, `${process.pid}\n`));
process.on("SIGTERM", () => {
  rmSync(pidFile, { force: true });
  process.exit(0);
});
