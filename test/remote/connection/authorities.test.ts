import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError } from "../../../src/config/config-error.ts";
import { trustedAuthorities } from "../../../src/remote/connection/authorities.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const CERTIFICATE = readFileSync(new URL("../../fixtures/tls/self-signed.crt", import.meta.url), "utf8").trim();

test("without the variables nothing is particular", async () => {
  expect(await trustedAuthorities({})).toBeUndefined();
  expect(await trustedAuthorities({ AWS_SSL_CA_BUNDLE: "", AWS_SSL_CA_DIRECTORY: "" })).toBeUndefined();
});

test("a bundle holds any number of certificates and other texts", async () => {
  const bundle = join(temporaryDirectory(), "bundle.pem");
  writeFileSync(bundle, `# one\n${CERTIFICATE}\nsubject=two\n${CERTIFICATE}\n`);
  expect(await trustedAuthorities({ AWS_SSL_CA_BUNDLE: bundle })).toEqual([CERTIFICATE, CERTIFICATE]);
});

test("of a directory the files count, and not the links and directories in it", async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "ca.pem"), CERTIFICATE);
  writeFileSync(join(directory, "README"), "no certificate");
  symlinkSync("ca.pem", join(directory, "12345678.0"));
  symlinkSync(".", join(directory, "again"));
  expect(await trustedAuthorities({ AWS_SSL_CA_DIRECTORY: directory })).toEqual([CERTIFICATE]);
});

test("both together", async () => {
  const directory = temporaryDirectory();
  const bundle = join(directory, "ca.pem");
  writeFileSync(bundle, CERTIFICATE);
  const both = { AWS_SSL_CA_BUNDLE: bundle, AWS_SSL_CA_DIRECTORY: directory };
  expect(await trustedAuthorities(both)).toEqual([CERTIFICATE, CERTIFICATE]);
});

test.each([
  ["AWS_SSL_CA_BUNDLE", "absent", "AWS_SSL_CA_BUNDLE names PATH, which cannot be read (ENOENT). Correct or unset it."],
  ["AWS_SSL_CA_BUNDLE", ".", "AWS_SSL_CA_BUNDLE names PATH, which cannot be read (EISDIR). Correct or unset it."],
  [
    "AWS_SSL_CA_BUNDLE",
    "empty",
    "AWS_SSL_CA_BUNDLE names PATH, which holds no certificate in PEM form. Correct or unset it.",
  ],
  [
    "AWS_SSL_CA_DIRECTORY",
    "empty",
    "AWS_SSL_CA_DIRECTORY names PATH, which cannot be read (ENOTDIR). Correct or unset it.",
  ],
  [
    "AWS_SSL_CA_DIRECTORY",
    ".",
    "AWS_SSL_CA_DIRECTORY names PATH, which holds no certificate in PEM form. Correct or unset it.",
  ],
])("%s that names %s is an error that says so", async (variable, name, message) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "empty"), "");
  const path = join(directory, name);
  const error = await trustedAuthorities({ [variable]: path }).catch((reason: unknown) => reason);
  expect(error).toEqual(new ConfigError(message.replace("PATH", path)));
});
