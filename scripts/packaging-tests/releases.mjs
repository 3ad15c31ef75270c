// Serves a directory over HTTP, directly and as the proxy for whatever host it is asked for; logs each request.
// node releases.mjs DIRECTORY LOG: prints its port.
import { appendFileSync, createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { basename, join } from "node:path";

const [directory, log] = process.argv.slice(2);
const server = createServer(({ url }, response) => {
  appendFileSync(log, `${url.startsWith("http:") ? "through the proxy" : "directly"} ${url}\n`);
  const file = join(directory, basename(url));
  if (!existsSync(file)) return response.writeHead(404).end();
  createReadStream(file).pipe(response);
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
