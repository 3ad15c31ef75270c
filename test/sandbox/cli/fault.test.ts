import { describe, expect, test } from "vitest";
import { run } from "../../../src/cli/sandbox/program.ts";
import { runningSandbox } from "../support/start.ts";

async function fault(url: string, ...argv: readonly string[]) {
  let [out, err] = ["", ""];
  const status = await run(["fault", ...argv], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    environment: url === "" ? {} : { CODEDEPLOY_SANDBOX_URL: url },
    version: "1.2.3",
    program: [process.execPath, "codedeploy-sandbox.js"],
    stop: new AbortController().signal,
  });
  return { status, out, err };
}

describe("faults from the command line", () => {
  test("are added, listed and ended", async () => {
    const { url } = await runningSandbox();
    expect(await fault(url, "list")).toEqual({ status: 0, out: "No faults.\n", err: "" });
    const added = await fault(url, "latency", "1500", "--service", "s3", "--count", "3");
    expect(added.out).toMatch(/^Fault \S+: latency 1500 ms, at s3, 3 times\n$/);
    await fault(url, "outage");
    const listed = JSON.parse((await fault(url, "list", "--json")).out) as { id: string; kind: string }[];
    expect(listed.map(({ kind }) => kind)).toEqual(["latency", "outage"]);
    const cleared = await fault(url, "clear", listed[0]?.id ?? "");
    expect(cleared.out).toContain("outage");
    expect(cleared.out).not.toContain("latency");
    expect((await fault(url, "clear")).out).toBe("No faults.\n");
  });

  test.each([
    [["earthquake"], /There is no fault earthquake; there are latency, error/],
    [["latency"], /not a whole number/],
    [["outage", "7"], /takes no value, but 7 was given/],
    [["refusal", "mood"], /mood is none of/],
  ])("%j is refused with what would be right", async (argv, message) => {
    const { url } = await runningSandbox();
    const refused = await fault(url, ...argv);
    expect(refused.status).toBe(2);
    expect(refused.err).toMatch(message);
    expect(refused.out).toBe("");
  });
});
