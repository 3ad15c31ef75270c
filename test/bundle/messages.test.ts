import { expect, test } from "vitest";
import * as messages from "../../src/bundle/messages.ts";
import { DeploymentError } from "../../src/deployment/error.ts";

const HEAD = Buffer.from("<html>");
const BUG = new Error("lower level");
const SPACE = { mountPoint: "/opt", needed: 2.1e9, free: 0.8e9, keptRevisions: 5, keptBytes: 3.9e9 };

const TEXTS: readonly (readonly [made: DeploymentError | string, text: string])[] = [
  [
    messages.notEnoughSpace(SPACE),
    "Not enough space on /opt for the bundle: 2.1 GB needed, 800 MB free. 5 kept revisions use 3.9 GB (max_revisions).",
  ],
  [
    messages.notEnoughSpace({ ...SPACE, keptRevisions: 0, keptBytes: 0 }),
    "Not enough space on /opt for the bundle: 2.1 GB needed, 800 MB free. Free some space on /opt and deploy again.",
  ],
  [
    messages.spaceRanOut("/opt", "/opt/x", "EDQUOT", BUG),
    "The file system /opt refused to store /opt/x: no space, inode or quota left (EDQUOT). " +
      "Free some space or inodes (df, df -i) and deploy again.",
  ],
  [
    messages.cannotUse("/opt/x", "EROFS", BUG),
    "The bundle could not be put in place: /opt/x: EROFS. Make sure that the agent can write there, and deploy again.",
  ],
  [
    messages.cancelled("s3://b/k"),
    "The download of s3://b/k was cancelled before it was complete; nothing of it remains.",
  ],
  [
    messages.wrongETag("s3://b/k", "aa", "bb"),
    "s3://b/k has the ETag bb, but the deployment was created for the ETag aa. " +
      "The object was replaced after the deployment had been created; create a new deployment.",
  ],
  [
    messages.idLeavesRoot("deployment id", "../x"),
    'The deployment id "../x" is not a plain name, so it cannot name a directory of this agent.',
  ],
  [
    messages.unreadableFormat({ revision: "s3://b/k", declared: "zip", head: HEAD, foreign: undefined }),
    "s3://b/k was declared zip, but it is no zip, gzip or tar archive (it starts with the bytes 3c 68 74 6d 6c 3e). " +
      "Pack the revision as zip, tar or tgz and deploy again.",
  ],
  [
    messages.unreadableFormat({ revision: "s3://b/k", declared: "zip", head: Buffer.alloc(0), foreign: undefined }),
    "s3://b/k is empty (0 bytes), so there is no zip archive to unpack. Build and upload the revision again.",
  ],
  [
    messages.noTarInGzip("s3://b/k"),
    "s3://b/k is gzip data, but what it contains is no tar archive. Pack the revision with tar -czf, or as zip.",
  ],
  [
    messages.damaged("it ends within a header", { offset: 512, after: "a" }),
    'The bundle is damaged at byte 512, after the entry "a": it ends within a header. Build and upload the revision again.',
  ],
  [
    messages.damaged("its checksum is wrong", { offset: 0, entry: "a\nb" }),
    'The bundle is damaged at entry "a\\u000ab" at byte 0: its checksum is wrong. Build and upload the revision again.',
  ],
  [
    messages.refusedEntry("../a", 512, 'contains ".."'),
    'The bundle\'s entry "../a" (byte 512) contains "..". Nothing of the bundle was kept. Build and upload the revision without it.',
  ],
  [
    messages.unreadableEntry("a\u001b[2J", 0, "is encrypted"),
    'The bundle\'s entry "a\\u001b[2J" (byte 0) is encrypted, which this agent cannot unpack. Pack the revision again, with zip and no password or with tar, and upload it.',
  ],
  [
    messages.refusedPath("/srv/x", "leads out of the revision"),
    "/srv/x leads out of the revision. Nothing of the revision was kept. Deploy the directory without it.",
  ],
  [messages.notThere("/srv/x"), "The local revision /srv/x does not exist. Check the location."],
  [messages.wrongKind("/srv/x", "file"), "The local revision /srv/x is not a file. Check the location and the type."],
  [
    messages.cannotHold("/srv/x"),
    "/srv/x is a device, socket or FIFO, which a revision cannot hold. Deploy the directory without it.",
  ],
  [
    messages.revisionHoldsRoot("/", "/opt/root"),
    "The local revision / contains the agent's own directory /opt/root, so copying it never ends. " +
      "Deploy a directory beside it.",
  ],
  [
    messages.notRemoved("/opt/d-1", "an old revision (max_revisions)", "EBUSY"),
    "/opt/d-1, an old revision (max_revisions), could not be removed (EBUSY); it is tried again with the next deployment.",
  ],
  [
    messages.remainsNotRemoved("/opt/d-1", "EBUSY"),
    "/opt/d-1, left by the failed download, could not be removed (EBUSY).",
  ],
];

test.each(TEXTS)("%s", (made, text) => {
  expect(made instanceof DeploymentError ? made.report : made).toBe(text);
});

test("a long name does not make a long message", () => {
  expect(messages.refusedEntry("n".repeat(5000), 0, "has no end").message.length).toBeLessThan(600);
});
