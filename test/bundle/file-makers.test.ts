import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { downloadBundle } from "../../src/bundle/download.ts";
import { createTarChildren } from "../../src/host/tar-children/gnu-tar.ts";
import type { FileMakers } from "../../src/ports/file-makers.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { deploymentHost, failureOf, inChunks, names } from "./download-fixture.ts";
import { tarBytes } from "./tar-bytes.ts";

const FILES = Array.from({ length: 400 }, (_, number) => ({
  name: `d${number % 7}/f${number}`,
  body: "x".repeat(3000),
}));
const BYTES = tarBytes(FILES);

/** Programs that call themselves GNU tar. */
function makersThat(behaviour: string): FileMakers {
  const path = join(temporaryDirectory(), "tar");
  const version = '[ "$1" = --version ] && { echo "tar (GNU tar) 1.34"; exit; }';
  writeFileSync(path, `#!/bin/sh\n${version}\n${behaviour}\n`, { mode: 0o755 });
  return createTarChildren([path]);
}

function download(fileMakers: FileMakers, signal?: AbortSignal) {
  const host = deploymentHost();
  let opened = 0;
  const open = async () => {
    opened += 1;
    return { content: inChunks(BYTES, 64 * 1024), size: BYTES.length, eTag: undefined };
  };
  const request = host.request({ type: "S3", bucket: "releases", key: "app.tar", bundleType: "tar" });
  const ports = { ...host.ports({}, { fileMakers }), revisions: { open } };
  return { host, opened: () => opened, done: downloadBundle(request, ports, signal) };
}

describe("a revision of many small files", () => {
  it("is unpacked by programs of the host, once", async () => {
    const { host, opened, done } = download(createTarChildren());
    expect((await done).entries).toBe(400);
    expect(names(host.paths().archive)).toHaveLength(407);
    expect(opened()).toBe(1);
    expect(host.log.messages("warn")).toEqual([]);
  });

  it.each([
    ["that are killed", "head -c 300000 >/dev/null; kill -9 $$", "was ended by SIGKILL"],
    ["that fail at the end", "cat >/dev/null; exit 2", "ended with exit status 2"],
    [
      "that complain",
      'echo "tar: d1/f1: Cannot open: Weather" >&2; exec sleep 1000',
      "tar: d1/f1: Cannot open: Weather",
    ],
  ])("is unpacked by the agent in the place of programs %s", async (_what, behaviour, says) => {
    const { host, opened, done } = download(makersThat(behaviour));
    expect((await done).entries).toBe(400);
    expect(names(host.paths().archive)).toHaveLength(407);
    expect(opened()).toBe(2);
    expect(host.log.messages("warn")).toEqual([expect.stringContaining(says)]);
  });

  it("is given up at once when it is cancelled, also while programs take nothing", async () => {
    const cancel = new AbortController();
    const { host, opened, done } = download(makersThat("exec sleep 1000"), cancel.signal);
    setTimeout(() => cancel.abort(), 300);
    expect((await failureOf(done)).message).toContain("was cancelled");
    expect(opened()).toBe(1);
    expect(names(host.paths().directory)).toEqual([]);
  });
});
