import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

interface Import {
  /** Path below src. */
  readonly from: string;
  /** Path below src, or the name of a package or of a module of Node. */
  readonly to: string;
  readonly typeOnly: boolean;
}

interface Rule {
  readonly rooms: RegExp;
  /** What the rooms may import, beside files of their own folder. */
  readonly may: RegExp;
  readonly reason: string;
}

const PURE =
  /^(appspec|deployment)\/|^install\/(plan|records)\/|^hooks\/(select|environment)\.ts|^bundle\/(safe-path|format)\.ts/;
const PACKAGE = "(?!\\.|node:)[@a-z].*";

const RULES: readonly Rule[] = [
  {
    rooms: /^(appspec|deployment)\//,
    may: /^(appspec|deployment)\/|^bundle\/safe-path\.ts$|^node:path$|^yaml$|^zod\/mini$/,
    reason: "pure rooms decide; what they decide on is passed in, so that they can be tested with tables",
  },
  {
    rooms: /^ports\//,
    may: /^(ports|appspec|deployment)\/|^node:stream$/,
    reason: "a port is a contract in the product's own words, not in those of a library",
  },
  {
    rooms: /^(install|hooks|bundle)\//,
    may: /^(install|hooks|bundle|ports|appspec|deployment)\/|^node:(path|stream|stream\/promises|zlib|string_decoder|crypto|events|util|buffer)$|^zod\/mini$/,
    reason: "effects go through ports, so that each of them can be made to fail in a test",
  },
  {
    rooms: /^history\//,
    may: /^(history|ports|deployment)\/|^node:path$|^zod\/mini$/,
    reason: "the history is a record of commands, made and read through the file-system port",
  },
  {
    rooms: /^doctor\//,
    may: /^(doctor|config|commands|install|ports|deployment)\//,
    reason: "a check looks through ports, so that a test can make a host as ill as it likes",
  },
  {
    rooms: /^registration\//,
    may: /^(registration|config|ports|deployment)\/|^node:path$/,
    reason: "a registration is decided from facts and done through ports, so that it can be tried without AWS",
  },
  {
    rooms: /^repair\//,
    may: /^(repair|history|commands|install|ports|deployment)\//,
    reason: "a repair undoes what commands left behind, by the same means",
  },
  {
    rooms: /^(validation|preview)\//,
    may: /^(validation|preview|install|hooks|bundle|ports|appspec|deployment)\/|^node:(path|crypto)$/,
    reason: "what is only looked at is looked at through the ports that change nothing",
  },
  {
    rooms: /^commands\//,
    may: /^(commands|history|install|hooks|bundle|ports|appspec|deployment)\/|^node:path$/,
    reason: "commands tell the story of a deployment and know no library, host or network",
  },
  {
    rooms: /^agent\//,
    may: /^(agent|commands|ports|deployment)\//,
    reason: "the loop knows when something is done, not how",
  },
  {
    rooms: /^config\//,
    may: /^(config|ports|deployment)\/|^appspec\/yaml-nesting\.ts$|^yaml$|^node:path$/,
    reason: "configuration is read through the file-system port",
  },
  {
    rooms: /^host\//,
    may: new RegExp(`^(host|ports|appspec|deployment)/|^node:|^${PACKAGE}$`),
    reason: "host implements ports on this machine and decides nothing about deployments",
  },
  {
    rooms: /^remote\//,
    may: new RegExp(`^(remote|ports|config|deployment|registration)/|^node:|^${PACKAGE}$`),
    reason: "remote implements ports over the network and decides nothing about deployments",
  },
  {
    rooms: /^cli\/(?!sandbox)/,
    may: /^(cli\/(?!sandbox)|commands\/|agent\/|config\/|ports\/|deployment\/|appspec\/|doctor\/|history\/|registration\/|repair\/|validation\/|preview\/|bundle\/(format|progress))|^node:(path|util|string_decoder)$|^commander$/,
    reason: "a command line reads arguments and shows results; the real ports are handed to it",
  },
  {
    rooms: /^cli\/sandbox/,
    may: /^(cli\/sandbox|sandbox\/)|^node:|^(commander|tar)$/,
    reason: "the sandbox's command line is its only user inside the product",
  },
  {
    rooms: /^sandbox\//,
    may: new RegExp(`^sandbox/|^node:|^${PACKAGE}$`),
    reason: "the sandbox stands for AWS: if it shared code with the agent, both could be wrong together",
  },
  {
    rooms: /^version\.ts$|^(bin|compose)\//,
    may: /./,
    reason: "the entries wire everything",
  },
];

const imports = sourceFiles(SRC).flatMap(importsOf);

describe("imports", () => {
  test("every source file belongs to a room that has a rule", () => {
    const homeless = sourceFiles(SRC).filter((file) => !RULES.some(({ rooms }) => rooms.test(file)));
    expect(homeless).toEqual([]);
  });

  test.each(RULES)("$reason", ({ rooms, may, reason }) => {
    const broken = imports.filter(({ from, to }) => rooms.test(from) && !may.test(to));
    expect(broken.map(({ from, to }) => `${from} imports ${to}, but ${reason}`)).toEqual([]);
  });

  test("pure files import no port, no effect and nothing of Node but node:path", () => {
    const broken = imports.filter(
      ({ from, to, typeOnly }) => PURE.test(from) && !typeOnly && (/^ports\//.test(to) || /^node:(?!path$)/.test(to)),
    );
    expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test("one file imports the generated client", () => {
    const users = new Set(
      imports.filter(({ to }) => to.startsWith("@aws-sdk/client-codedeploy-commands")).map(({ from }) => from),
    );
    expect([...users]).toEqual(["remote/commands/api.ts"]);
  });

  test("there are no import cycles", () => {
    expect(firstCycle(imports)).toBeUndefined();
  });
});

describe("names", () => {
  test("no file or folder is a drawer for everything", () => {
    const drawers = sourceFiles(SRC).filter((file) =>
      /(^|\/)(utils?|helpers?|common|misc|shared|index)(\.ts$|\/)/.test(file),
    );
    expect(drawers).toEqual([]);
  });
});

function sourceFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(SRC, join(entry.parentPath, entry.name)));
}

function importsOf(from: string): Import[] {
  const text = readFileSync(join(SRC, from), "utf8");
  const statements = text.matchAll(
    /^(import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"|\bimport\("([^"]+)"\)|^import\s+"([^"]+)"/gm,
  );
  return [...statements].map(([, , typeOnly, named, dynamic, bare]) => {
    const target = named ?? dynamic ?? bare ?? "";
    const to = target.startsWith(".") ? normalize(join(dirname(from), target)) : target;
    return { from, to, typeOnly: typeOnly !== undefined };
  });
}

function firstCycle(edges: readonly Import[]): string | undefined {
  const targets = new Map<string, string[]>();
  for (const { from, to, typeOnly } of edges) {
    if (!typeOnly) targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(" -> ");
    if (done.has(file)) return undefined;
    for (const to of targets.get(file) ?? []) {
      const cycle = visit(to, [...path, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of targets.keys()) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
