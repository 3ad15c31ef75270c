import { createServer, type ServerResponse } from "node:http";
import { listen } from "./loopback.ts";

/** Token that the private repository wants. */
export const GITHUB_TOKEN = "ghp_very_secret";

/** What a stand-in for GitHub gives. */
export interface GitHubStandIn {
  /** Base address of its API. */
  readonly url: string;
  /** Requests it had, as `GET /path authorization`. */
  readonly requests: string[];
}

/** How the archive of the repositories is sent; absent: at once. */
export interface SlowSending {
  readonly pieces: number;
  readonly pauseMs: number;
}

/**
 * GitHub's API with the public repository `octo/shop` and the private one `octo/secret`. Both have the same archive; as
 * GitHub does, it leads to the archive by a redirect whose address is as good as a token.
 */
export async function gitHubStandIn(archive: Buffer, slowly?: SlowSending): Promise<GitHubStandIn> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { authorization = "" } = request.headers;
    requests.push(`${request.method} ${request.url} ${authorization}`.trim());
    const [, repository, form, commit] =
      /^\/repos\/octo\/(\w+)\/(tarball|zipball)\/(.+)$/.exec(request.url ?? "") ?? [];
    if (request.url?.startsWith("/archive/")) return void send(response, archive, slowly);
    const isAllowed = repository === "shop" || (repository === "secret" && authorization.includes(GITHUB_TOKEN));
    if (!isAllowed || commit === undefined) {
      response.writeHead(404, { "content-type": "application/json" }).end('{"message":"Not Found"}');
      return;
    }
    response.writeHead(302, { location: `/archive/${repository}.${form}/${commit}?token=AAAATOKEN` }).end();
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, requests };
}

async function send(response: ServerResponse, archive: Buffer, slowly?: SlowSending): Promise<void> {
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": archive.length });
  const { pieces, pauseMs } = slowly ?? { pieces: 1, pauseMs: 0 };
  const length = Math.ceil(archive.length / pieces);
  for (let start = 0; start < archive.length; start += length) {
    response.write(archive.subarray(start, start + length));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  response.end();
}
