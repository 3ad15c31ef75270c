import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadOnPremisesConfig, readOnPremisesConfig } from "../../src/config/on-premises.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const USER = `region: eu-west-1
iam_user_arn: arn:aws:iam::123456789012:user/host
aws_access_key_id: AKID
aws_secret_access_key: hunter2
`;
const SESSION = `:region: eu-west-1
:iam_session_arn: arn:aws:sts::123456789012:assumed-role/r/host
:aws_credentials_file: /etc/credentials
`;

describe("readOnPremisesConfig", () => {
  test("an IAM user", () => {
    const config = readOnPremisesConfig(USER, "op.yml");
    expect(config).toMatchObject({
      region: "eu-west-1",
      hostIdentifier: "arn:aws:iam::123456789012:user/host",
      credentials: { kind: "user", accessKeyId: "AKID" },
    });
    expect(JSON.stringify(config)).not.toContain("hunter2");
  });

  test("a session", () => {
    expect(readOnPremisesConfig(SESSION, "op.yml")).toEqual({
      region: "eu-west-1",
      hostIdentifier: "arn:aws:sts::123456789012:assumed-role/r/host",
      credentials: { kind: "session", file: "/etc/credentials" },
    });
  });

  test.each([
    [`${USER}iam_session_arn: arn\n`, "op.yml has both iam_user_arn and iam_session_arn."],
    ["region: eu-west-1\n", "op.yml has neither iam_user_arn nor iam_session_arn."],
    ["iam_user_arn: arn\n", "op.yml lacks region, aws_access_key_id, aws_secret_access_key, which iam_user_arn needs."],
    ["iam_session_arn: arn\nregion: r\n", "op.yml lacks aws_credentials_file, which iam_session_arn needs."],
    ["", "op.yml is empty."],
    ["{", "op.yml is not valid YAML"],
  ])("%j is refused", (text, message) => {
    expect(() => readOnPremisesConfig(text, "op.yml")).toThrow(message);
  });
});

describe("loadOnPremisesConfig", () => {
  const file = (mode: number, text = USER) => {
    const path = join(temporaryDirectory(), "op.yml");
    writeFileSync(path, text, { mode });
    return path;
  };

  test("no file means EC2", async () => {
    expect(await loadOnPremisesConfig("/nowhere/op.yml", localFileSystem)).toBeUndefined();
  });

  test("a file that others can read is used with a warning", async () => {
    const path = file(0o644);
    expect((await loadOnPremisesConfig(path, localFileSystem))?.warnings).toEqual([
      `${path} holds credentials and can be read by others (mode 644). Run: chmod 600 ${path}`,
    ]);
    expect((await loadOnPremisesConfig(file(0o600), localFileSystem))?.warnings).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)(
    "an unreadable file is an error, not EC2 (needs an ordinary user)",
    async () => {
      const path = file(0o000);
      await expect(loadOnPremisesConfig(path, localFileSystem)).rejects.toThrow(
        `The on-premises configuration ${path} exists but cannot be read (EACCES).`,
      );
    },
  );
});
