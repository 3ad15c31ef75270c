// Prints ports of 127.0.0.1 that nobody listens on, one a line: node free-ports.mjs COUNT.
import { createServer } from "node:net";

const servers = Array.from({ length: Number(process.argv[2]) }, () => createServer());
await Promise.all(servers.map((server) => new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))));
for (const server of servers) {
  console.log(server.address().port);
  server.close();
}
