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
