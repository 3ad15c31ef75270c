import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { GITHUB_TOKEN, gitHubStandIn } from "../support/github-server.ts";
import { runProgram } from "../support/program.ts";
import { hasZip, packTar, packZip, writeRevision } from "../support/revision.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

type Form = "tar" | "zip";

/** A host, and a GitHub whose archive installs `app.txt` on it. */
async function gitHubHost(form: Form = "tar") {
  const directory = temporaryDirectory();
  const appSpec = `version: 0.0\nos: linux\nfiles:\n  - {source: app.txt, destination: ${directory}/srv}\n`;
  // GitHub puts everything into one directory named after the commit.
  const revision = writeRevision({ "octo-shop-9f2c/appspec.yml": appSpec, "octo-shop-9f2c/app.txt": "from GitHub" });
  const gitHub = await gitHubStandIn(form === "zip" ? packZip(revision) : await packTar(revision, { gzip: true }));
  const keys = { root_dir: join(directory, "root"), log_dir: join(directory, "logs"), log_aws_wire: true };
  const config = join(directory, "agent.yml");
  const others = { on_premises_config_file: join(directory, "none.yml"), github_api_endpoint: gitHub.url };
  writeFileSync(config, stringify({ ...keys, ...others }));
  const run = (words: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    runProgram("codedeploy-local", ["-c", config, ...words], { environment });
  const installed = () => {
    const file = join(directory, "srv/app.txt");
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
  return { directory, gitHub, run, installed };
}

describe("codedeploy-local from GitHub", () => {
  test.each([
    ["https://github.com/octo/shop", "/repos/octo/shop/tarball/HEAD"],
    ["https://github.com/octo/shop/tree/main", "/repos/octo/shop/tarball/main"],
    ["https://api.github.com/repos/octo/shop/tarball/9f2c", "/repos/octo/shop/tarball/9f2c"],
  ])("%s is deployed anonymously", async (location, path) => {
    const { gitHub, run, installed } = await gitHubHost();
    const ended = await run(["-l", location, "-t", "tar"]);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(installed()).toBe("from GitHub");
    expect(gitHub.requests[0]).toBe(`GET ${path}`);
    expect(gitHub.requests[1]).toMatch(/^GET \/archive\/shop\.tarball\//);
  });

  test.skipIf(!hasZip())("a zip is deployed, too (skipped without Info-ZIP)", async () => {
    const { gitHub, run, installed } = await gitHubHost("zip");
    expect(await run(["-l", "https://github.com/octo/shop", "-t", "zip"])).toMatchObject({ status: 0, stderr: "" });
    expect(installed()).toBe("from GitHub");
    expect(gitHub.requests[0]).toBe("GET /repos/octo/shop/zipball/HEAD");
  });

  test("a private repository wants a token, which is shown nowhere and sent to the API", async () => {
    const { directory, gitHub, run, installed } = await gitHubHost();
    const words = ["-l", "https://github.com/octo/secret", "-t", "tar"];
    const refused = await run(words);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(
      /^ERROR: GitHub \(http:\/\/127\S+\) refused github\.com\/octo\/secret@HEAD: HTTP 404 "Not Found"/,
    );
    expect(refused.stderr).toContain("a private repository needs an access token");
    expect(installed()).toBeUndefined();
    const ended = await run(words, { CODEDEPLOY_GITHUB_TOKEN: GITHUB_TOKEN });
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(gitHub.requests.some((request) => request.includes(GITHUB_TOKEN))).toBe(true);
    const wire = readFileSync(join(directory, "logs/codedeploy-local.aws_wire.log"), "utf8");
    const log = readFileSync(join(directory, "logs/codedeploy-local.log"), "utf8");
    expect(wire).toContain('"service":"github"');
    for (const text of [ended.stdout, refused.stderr, wire, log])
      for (const secret of [GITHUB_TOKEN, "AAAATOKEN"]) expect(text).not.toContain(secret);
  });
});
