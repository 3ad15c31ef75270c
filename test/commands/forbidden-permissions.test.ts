import { describe, expect, test } from "vitest";
import type { PermissionEntry } from "../../src/appspec/appspec.ts";
import { DEFAULT_RULES } from "../../src/bundle/bundle-rules.ts";
import { refuseForbiddenPermissions } from "../../src/commands/forbidden-permissions.ts";

const STRICT = { bundleRules: { ...DEFAULT_RULES, rejectSetId: true }, rejectUnconfinedSelinux: true };
const appSpec = (entry: Partial<PermissionEntry>) => ({
  os: "linux" as const,
  files: [],
  hooks: new Map(),
  permissions: [{ object: "/srv/app", pattern: "**", except: [], types: ["file" as const], ...entry }],
});
const refuse = (entry: Partial<PermissionEntry>, settings: Parameters<typeof refuseForbiddenPermissions>[1]) =>
  refuseForbiddenPermissions(appSpec(entry) as unknown as Parameters<typeof refuseForbiddenPermissions>[0], settings);

describe("permissions of an AppSpec file", () => {
  test.each([0o4755, 0o2755, 0o6700])("with the mode %i are refused where set-id bits are", (mode) => {
    expect(() => refuse({ mode }, STRICT)).toThrow(
      `permissions for /srv/app ask for the mode ${mode.toString(8)}, which has a set-user-id or set-group-id bit.`,
    );
  });

  test.each(["unconfined_t", "kernel_t", "init_t"])("with the type %s are refused where those are", (type) => {
    expect(() => refuse({ context: { type, user: null, range: null } }, STRICT)).toThrow(
      `the SELinux type ${type}, which confines nothing.`,
    );
  });

  test.each<[string, Partial<PermissionEntry>]>([
    ["an ordinary mode", { mode: 0o1777 }],
    ["an ordinary type", { context: { type: "httpd_sys_content_t", user: null, range: null } }],
    ["neither", {}],
  ])("with %s are allowed everywhere", (_title, entry) => {
    expect(() => refuse(entry, STRICT)).not.toThrow();
  });

  test("are all allowed where the configuration says nothing", () => {
    expect(() => refuse({ mode: 0o6755, context: { type: "kernel_t", user: null, range: null } }, {})).not.toThrow();
    expect(() => refuse({ mode: 0o6755 }, { bundleRules: DEFAULT_RULES })).not.toThrow();
  });
});
