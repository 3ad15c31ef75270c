import { describe, expect, test } from "vitest";
import { conclusion, headline, type LiveViewOptions, linesOf } from "../../../src/cli/sandbox/deployments/live-view.ts";
import { styleFor } from "../../../src/cli/sandbox/terminal/style.ts";
import type { DeploymentView, EventView } from "../../../src/sandbox/model/deployment.ts";

const plain = styleFor({ stdout: { write: () => true }, environment: {} });
const deployment: DeploymentView = {
  deploymentId: "d-7K2M1Q0ZC",
  application: "hello-web",
  group: "demo",
  groupId: "3f6c1b52-9d0e-4c57-8a41-0b6f2f9e7d11",
  status: "InProgress",
  revision: { bucket: "demo", key: "hello-web-1.0.zip", bundleType: "zip" },
  configuration: "CodeDeployDefault.OneAtATime",
  creator: "user",
  createdAt: 0,
  hosts: [{ host: "host-1", status: "InProgress", events: [] }],
};
const options: LiveViewOptions = { deployment, ignoreApplicationStopFailures: false, bundleSize: 4210, style: plain };

function event(name: string, fields: Partial<EventView>): EventView {
  return { name, performer: "agent", status: "Succeeded", noop: false, ...fields };
}

function lines(events: readonly EventView[], view = options, host = "host-1"): string {
  return events.flatMap((one) => linesOf({ type: "lifecycle-event", at: 0, host, event: one }, view)).join("\n");
}

describe("the view of a deployment", () => {
  test("to one host", () => {
    expect(headline(options)).toBe("Deployment d-7K2M1Q0ZC  hello-web  ->  group demo  (1 host, OneAtATime)");
    expect(
      `\n${lines([
        event("ApplicationStop", { status: "InProgress" }),
        event("ApplicationStop", { noop: true, durationMs: 3 }),
        event("BlockTraffic", { performer: "service", durationMs: 0 }),
        event("DownloadBundle", { durationMs: 18 }),
        event("BeforeInstall", { durationMs: 1200 }),
        event("BeforeAllowTraffic", { durationMs: 112 }),
      ])}\n`,
    ).toBe(`
  ApplicationStop    skipped   nothing to run
  BlockTraffic       ok          0 ms   done by the service
  DownloadBundle     ok         18 ms   s3://demo/hello-web-1.0.zip  4.2 kB
  BeforeInstall      ok         1.2 s
  BeforeAllowTraffic ok        112 ms
`);
    expect(conclusion({ ...deployment, status: "Succeeded", durationMs: 240 }, plain)).toBe("Succeeded in 0.24 s");
  });

  test("that fails says what the agent said", () => {
    const diagnostics = {
      errorCode: 4,
      scriptName: "scripts/start.sh",
      message: "scripts/start.sh exited with status 7.\u001b[2J",
      log: "LifecycleEvent - ApplicationStart\nScript - scripts/start.sh\n[stderr]\u001b[31mboom\u001b[0m\n",
    };
    expect(
      `\n${lines([
        event("ApplicationStart", { status: "Failed", durationMs: 30_000, diagnostics }),
        event("ValidateService", { status: "Skipped" }),
        event("Install", { status: "Failed", durationMs: 5 }),
      ])}\n`,
    ).toBe(`
  ApplicationStart   FAILED    30.0 s   code 4, script failed
      scripts/start.sh exited with status 7.
      | LifecycleEvent - ApplicationStart
      | Script - scripts/start.sh
      | [stderr]boom
  Install            FAILED      5 ms   code none
      The agent sent no diagnostics.
`);
    const reason = { code: "HEALTH_CONSTRAINTS", message: "1 of 1 hosts failed." };
    expect(conclusion({ ...deployment, status: "Failed", durationMs: 41_200, reason }, plain)).toBe(
      "Failed after 41.2 s: 1 of 1 hosts failed. (HEALTH_CONSTRAINTS)",
    );
  });

  test("to several hosts names them", () => {
    const hosts = ["web-1", "web-10"].map((host) => ({ host, status: "InProgress", events: [] }) as const);
    const view = { ...options, deployment: { ...deployment, hosts } };
    expect(headline(view)).toContain("(2 hosts, OneAtATime)");
    const everyEvent = { ...view, everyEvent: true };
    expect(lines([event("Install", { durationMs: 7 })], everyEvent, "web-1")).toBe(
      "  web-1   Install            ok          7 ms",
    );
    expect(linesOf({ type: "host", at: 0, host: "web-1", status: "Succeeded" }, everyEvent)).toEqual([]);
    expect(linesOf({ type: "host", at: 0, host: "web-10", status: "Skipped" }, view)).toEqual([
      "  web-10  not started, the deployment had ended",
    ]);
  });

  test("to several hosts has a line for each host that ends, and for what failed", () => {
    const hosts = ["web-1", "web-10"].map((host) => ({ host, status: "InProgress", events: [] }) as const);
    const view = { ...options, deployment: { ...deployment, hosts }, hostStarts: new Map([["web-1", 100]]) };
    expect(lines([event("Install", { durationMs: 7 })], view, "web-1")).toBe("");
    expect(lines([event("Install", { status: "Failed", durationMs: 7 })], view, "web-1")).toContain(
      "  web-1   Install            FAILED      7 ms   code none",
    );
    expect(linesOf({ type: "host", at: 1600, host: "web-1", status: "Succeeded" }, view)).toEqual([
      "  web-1   ok         1.5 s",
    ]);
    expect(linesOf({ type: "host", at: 1600, host: "web-10", status: "Failed" }, view)).toEqual([]);
  });

  test("says which failures are ignored", () => {
    const failed = event("ApplicationStop", {
      status: "Failed",
      durationMs: 1,
      diagnostics: { errorCode: 1, scriptName: "", message: "m", log: "" },
    });
    expect(lines([failed], { ...options, ignoreApplicationStopFailures: true })).toContain(
      "code 1, script missing; ignored",
    );
  });

  test("has colour on a terminal only, and only where it is wanted", () => {
    const terminal = { write: () => true, isTTY: true };
    const paint = (environment: Record<string, string>, stdout = terminal) =>
      styleFor({ stdout, environment }).bad("x");
    expect(paint({})).toBe("\u001b[31mx\u001b[0m");
    expect(paint({ NO_COLOR: "1" })).toBe("x");
    expect(paint({ TERM: "dumb" })).toBe("x");
    expect(paint({}, { ...terminal, isTTY: false })).toBe("x");
  });
});
