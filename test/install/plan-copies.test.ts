import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ArchiveDirectory, ArchiveNode } from "../../src/install/archive/archive-tree.ts";
import { measureTree } from "../../src/install/archive/tree-measure.ts";
import { Fates } from "../../src/install/host/fate.ts";
import type { HostObject, HostView } from "../../src/install/host/host-view.ts";
import { copyShares } from "../../src/install/plan/copy-shares.ts";
import { planObjects } from "../../src/install/plan/plan-objects.ts";
import { visitInOrder, visitObjects } from "../../src/install/plan/planned-objects.ts";
import { wishesOf } from "../../src/install/plan/wishes.ts";

type Shape = { readonly [name: string]: Shape | number };

function directory(source: string, shape: Shape, isLink = false): ArchiveDirectory {
  const children = Object.entries(shape).map(([name, value]) => ({ name, node: nodeOf(`${source}/${name}`, value) }));
  return { kind: "directory", source, isLink, children };
}

function nodeOf(source: string, value: Shape | number): ArchiveNode {
  if (typeof value !== "number") return directory(source, value, source.endsWith("-link"));
  const status = { kind: "file", mode: 0o644, uid: 0, gid: 0, size: value, mtimeMs: 0, device: 1 } as const;
  return { kind: "file", source, status };
}

interface Mapping {
  readonly source: string;
  readonly destination: string;
  readonly shape: Shape | number;
}

function planOf(mappings: readonly Mapping[], existing: readonly string[] = []) {
  const status = { kind: "directory", mode: 0o755, uid: 0, gid: 0, size: 0, mtimeMs: 0, device: 1 } as const;
  const objectAt = (path: string): readonly [string, HostObject] => [path, { status, directory: { path, status } }];
  const objects = new Map(["/", "/opt", ...existing].map(objectAt));
  const host: Pick<HostView, "objects" | "previous" | "names"> = { objects, previous: [], names: new Map() };
  const wishes = wishesOf(
    mappings.map(({ source, destination, shape }) => ({
      mapping: { source, destination, at: undefined as never },
      node: nodeOf(`/archive/${source}`, shape),
    })),
  );
  const view = host as HostView;
  return planObjects(wishes, { host: view, fates: new Fates(view), behavior: "DISALLOW" });
}

function treesOf(mappings: readonly Mapping[], existing: readonly string[] = []): readonly string[] {
  return [...planOf(mappings, existing).trees.keys()].toSorted();
}

describe("a directory comes as a whole", () => {
  const app = { source: "app", destination: "/opt/app", shape: { a: 1, sub: { b: 1, deep: { c: 1 } } } };

  test("when it is new and only what one directory has comes into it", () => {
    expect(treesOf([app])).toEqual(["/opt/app"]);
  });

  test("from the first new one on", () => {
    expect(treesOf([app], ["/opt/app"])).toEqual(["/opt/app/sub"]);
  });

  test.each<[string, Mapping, readonly string[]]>([
    ["a file of another item", { source: "f", destination: "/opt/app/sub", shape: 1 }, ["/opt/app/sub/deep"]],
    ["another directory", { source: "x", destination: "/opt/app/sub", shape: { y: 1 } }, ["/opt/app/sub/deep"]],
    [
      "a directory of another item inside",
      { source: "x", destination: "/opt/app/new", shape: { y: 1 } },
      ["/opt/app/new", "/opt/app/sub"],
    ],
    ["the same directory once more", { source: "x", destination: "/opt/app", shape: { y: 1 } }, ["/opt/app/sub"]],
    [
      "another directory beside, which leaves it whole",
      { source: "x", destination: "/opt/other", shape: { y: 1 } },
      ["/opt/app", "/opt/other"],
    ],
  ])("but not when something else comes into it: %s", (_what, other, expected) => {
    expect(treesOf([app, other])).toEqual(expected);
    expect(treesOf([other, app])).toEqual(expected);
  });

  test("but not when a link stands for a directory in it", () => {
    const shape = { a: 1, "to-link": { b: 1, deep: { c: 1 } }, other: { d: 1 } };
    expect(treesOf([{ source: "app", destination: "/opt/app", shape }])).toEqual([
      "/opt/app/other",
      "/opt/app/to-link/deep",
    ]);
  });

  test("and then each path comes once, and all of them do, wherever the items bring things", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ at: places, shape: shapes }), { minLength: 1, maxLength: 4 }), (items) => {
        const mappings = items.map(({ at: destination, shape }, index) => ({ source: `${index}`, destination, shape }));
        const plan = planOf(mappings);
        if (plan.conflicts.length > 0) return;
        const found: string[] = [];
        visitObjects(plan, { file: (path) => found.push(path), directory: (path) => found.push(path) });
        const inOrder: string[] = [];
        visitInOrder(plan.objects, { file: (path) => inOrder.push(path), directory: (path) => inOrder.push(path) });
        expect(found.toSorted()).toEqual(inOrder.toSorted());
        expect(found.toSorted()).toEqual([...new Set(mappings.flatMap(pathsOf))].toSorted());
      }),
    );
  });
});

const places = fc.constantFrom("/opt/app", "/opt/app/sub", "/opt/app/sub/deep", "/opt/other", "/opt");
const names = fc.constantFrom("sub", "deep", "x", "y", "to-link");
const shapes = fc.letrec<{ tree: Shape; value: Shape | number }>((tie) => ({
  tree: fc.dictionary(names, tie("value") as fc.Arbitrary<Shape | number>, { maxKeys: 3 }),
  value: fc.oneof({ maxDepth: 3, withCrossShrink: true }, fc.constant(1), tie("tree") as fc.Arbitrary<Shape>),
})).tree;

/** Everything that an item brings below what is there already. */
function pathsOf({ destination, shape }: Mapping): readonly string[] {
  const above = destination.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/"));
  const below = (path: string, value: Shape | number): readonly string[] =>
    typeof value === "number" ? [path] : [path, ...Object.entries(value).flatMap(([n, v]) => below(`${path}/${n}`, v))];
  return [...above, ...below(destination, shape)].filter((path) => path !== "" && path !== "/opt");
}

function copyOf(shape: Shape, keepsName = false) {
  return { to: "/to", node: directory("/from", shape), keepsName };
}

describe("shares of what is copied", () => {
  const { tree } = fc.letrec<{ tree: Shape; value: Shape | number }>((tie) => ({
    tree: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie("value") as fc.Arbitrary<Shape | number>, {
      maxKeys: 8,
    }),
    value: fc.oneof({ depthSize: "small", withCrossShrink: true }, fc.nat(200_000), tie("tree") as fc.Arbitrary<Shape>),
  }));

  test("hold every file once, each going where it belongs", () => {
    fc.assert(
      fc.property(tree, (shape) => {
        const shares = copyShares([copyOf(shape)]);
        const copied = shares.flatMap(({ from, to, names }) => {
          expect(to).toBe(`/to${from.slice("/from".length)}`);
          return names.flatMap((name) => filesBelow(`${from}/${name}`, at(shape, `${from}/${name}`)));
        });
        expect(copied.toSorted()).toEqual(filesBelow("/from", shape).toSorted());
      }),
    );
  });

  test("are about equally heavy, even when nearly everything is in one directory of one directory", () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`f${index}`, 30_000]));
    const shape = { only: { one: { first: files, second: files, third: files }, small: { a: 1 } } };
    const shares = copyShares([copyOf(shape)]);
    const total = measureTree(directory("/from", shape)).weight;
    const heaviest = Math.max(...shares.map((share) => weightOf(share, shape)));
    expect(heaviest).toBeLessThan(total * 0.6);
  });

  test("are directories under their own names where those stay", () => {
    const many = Array.from({ length: 12 }, (_, index) => ({
      to: `/to/d${index}`,
      node: directory(`/from/d${index}`, { a: 1, b: 1 }),
      keepsName: true,
    }));
    const shares = copyShares(many);
    expect(shares.map(({ from, to }) => [from, to])).toEqual([
      ["/from", "/to"],
      ["/from", "/to"],
    ]);
    expect(shares.flatMap(({ names }) => names)).toHaveLength(12);
  });

  test("fit on a command line each", () => {
    const names = Array.from({ length: 3000 }, (_, index) => `${"n".repeat(200)}${index}`);
    const shares = copyShares([copyOf(Object.fromEntries(names.map((name) => [name, 1])))]);
    expect(shares.flatMap((share) => share.names).toSorted()).toEqual(names.toSorted());
    for (const { from, names: own } of shares) {
      expect(own.reduce((sum, name) => sum + from.length + name.length + 2, 0)).toBeLessThan(2 ** 17);
    }
  });
});

function at(shape: Shape, path: string): Shape | number {
  const names = path.split("/").slice(2);
  return names.reduce<Shape | number>(
    (found, name) => (typeof found === "number" ? found : (found[name] ?? {})),
    shape,
  );
}

function filesBelow(path: string, value: Shape | number): string[] {
  if (typeof value === "number") return [path];
  return Object.entries(value).flatMap(([name, child]) => filesBelow(`${path}/${name}`, child));
}

function weightOf({ from, names }: { from: string; names: readonly string[] }, shape: Shape): number {
  return names.reduce((sum, name) => {
    const node = nodeOf(name, at(shape, `${from}/${name}`));
    return sum + (node.kind === "directory" ? measureTree(node).weight : 1);
  }, 0);
}
