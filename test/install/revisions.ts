import { appSpec, permission, type Workplace } from "./workplace.ts";

/** A group's revision on a host that has a file of its own as well. */
export async function previousRevision(place: Workplace): Promise<void> {
  const { host } = place;
  await place.deploy({ "index.html": "one", "old/a": "a", "old/sub/b": "b", x: "file", "y/z": "z", link: "-> x" });
  await place.fileSystem.writeText(`${host}/config`, "host's own", 0o600);
  await place.fileSystem.changeTime(`${host}/config`, 1_500_000_000_000);
  await place.fileSystem.changeMode(`${host}/app`, 0o700);
  // Whole seconds, since an undo cannot restore the nanoseconds of a directory's time.
  for (const name of ["", "/app", "/app/old", "/app/old/sub", "/app/y"]) {
    await place.fileSystem.changeTime(host + name, 1_600_000_000_000);
  }
}

/** A revision that replaces, adds and removes, changes kinds, permissions, lists and contexts. */
export async function nextRevision(place: Workplace) {
  const { host } = place;
  const files = [
    { source: "app", destination: `${host}/app` },
    { source: "config", destination: host },
    { source: "app", destination: `${host}/second/place` },
  ];
  const permissions = [
    permission({ object: `${host}/app`, types: ["file"], mode: 0o600 }),
    permission({
      object: host,
      pattern: "app",
      types: ["directory"],
      mode: 0o750,
      acls: [{ isDefault: false, type: "user", name: "app", permissions: "r-x" }],
    }),
    permission({ object: `${host}/second/place/index.html`, context: { user: null, type: "etc_t", range: null } }),
  ];
  return place.revision(
    { "app/index.html": "two", "app/x/inside": "dir", "app/y": "now a file", "app/link": "-> y", config: "new" },
    { appSpec: appSpec({ files, permissions, fileExistsBehavior: "OVERWRITE" }) },
  );
}

const NUMBERS = ["1", "2", "3", "4", "5", "6"];

/** What the host of a larger plan has beforehand; see {@link largePlan}. */
export async function largeStart(place: Workplace): Promise<void> {
  const { host, fileSystem } = place;
  const numbered = NUMBERS.flatMap((number) => [
    [`replaced/${number}`, `old ${number}`],
    [`gone/${number}/file`, "g"],
  ]);
  const special = { "file-to-directory": "f", "directory-to-file/deep/x": "x", link: "-> replaced/1", same: "same" };
  await place.deploy({ ...Object.fromEntries(numbered), ...special, "kept/x": "x" });
  await fileSystem.writeText(`${host}/app/kept/foreign`, "not ours", 0o600);
  await fileSystem.writeText(`${host}/config`, "host's own", 0o640);
  await fileSystem.symbolicLink("config", `${host}/own-link`);
  for (const name of ["/app/replaced", "/app/gone", "/app/kept", "/app", ""]) {
    await fileSystem.changeTime(host + name, 1_600_000_000_000);
  }
}

/** What the host can do beyond the least. */
export interface Abilities {
  readonly acls: boolean;
  readonly contexts: boolean;
}

/** Some sixty operations of every kind; what becomes of {@link largeStart}. */
export async function largePlan(place: Workplace, { acls, contexts }: Abilities) {
  const { host } = place;
  const files = [
    { source: "app", destination: `${host}/app` },
    { source: "own", destination: host },
    { source: "app/new", destination: `${host}/second/place` },
  ];
  const { uid, gid } = place.fileSystem.identity();
  const owned = { owner: String(uid), group: String(gid) };
  const reader = { isDefault: false, type: "user", name: "0", permissions: "r-x" } as const;
  const list = acls ? { acls: [reader] } : {};
  const inherited = acls ? { acls: [reader, { ...reader, isDefault: true }] } : {};
  const permissions = [
    permission({ object: `${host}/app/new`, types: ["file"], mode: 0o4750, ...owned }),
    permission({ object: `${host}/app/replaced`, types: ["file"], mode: 0o600, ...list }),
    permission({
      object: host,
      pattern: "app",
      types: ["directory"],
      mode: 0o750,
      ...inherited,
    }),
    permission({
      object: `${host}/app`,
      pattern: "*ed",
      types: ["directory"],
      mode: 0o711,
      ...list,
    }),
    permission({ object: `${host}/second`, types: ["directory"], mode: 0o2755, ...owned }),
    permission({
      object: `${host}/second/place/1`,
      ...(contexts ? { context: { user: null, type: "etc_t", range: "s0" } } : {}),
    }),
  ];
  const numbered = NUMBERS.flatMap((number) => [
    [`app/replaced/${number}`, `new ${number}`],
    [`app/new/${number}`, `n ${number}`],
  ]);
  const special = { "app/file-to-directory/x": "x", "app/directory-to-file": "d", "app/link": "-> same" };
  const rest = { "app/same": "same", "app/new/odd\nname ": "odd", "own/config": "ours", "own/own-link": "-> nowhere" };
  return place.revision(
    { ...Object.fromEntries(numbered), ...special, ...rest },
    { appSpec: appSpec({ files, permissions, fileExistsBehavior: "OVERWRITE" }) },
  );
}
