import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DeploymentError } from "../../../src/deployment/error.ts";
import { createEnvelopeVerifier } from "../../../src/remote/envelope/verifier.ts";
import { issueSigner, newAuthority } from "../../../src/sandbox/specification/certificates.ts";
import { seal } from "../../../src/sandbox/specification/envelope.ts";
import { toPem } from "../../../src/sandbox/specification/pem.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const TEXT = JSON.stringify({ DeploymentId: "d-1", ApplicationName: "Grüße €" });
const verifier = createEnvelopeVerifier({ acceptPlainText: false });
const signed = (payload: string) => ({ format: "PKCS7/JSON", payload });
const sealed = async (...by: Tail<Parameters<typeof seal>>) => {
  const { Format, Payload } = await seal(TEXT, ...by);
  return { format: Format, payload: Payload };
};
type Tail<T extends readonly unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never;
const pemOf = (key: Awaited<ReturnType<typeof newAuthority>>) =>
  toPem("CERTIFICATE", key.certificate.toSchema().toBER(false));

describe("signed specifications", async () => {
  const authority = await newAuthority("Test authority");
  const signer = await issueSigner("Test signer", authority);
  const trusting = (pem: string) =>
    createEnvelopeVerifier({ acceptPlainText: false, authorities: { file: "/ca.pem", pem } });

  test("one whose signature verifies is opened", async () => {
    expect(await verifier.open(await sealed(signer))).toBe(TEXT);
  });

  test("bare base64 is as good as PEM", async () => {
    const { payload } = await sealed(signer);
    const base64 = payload.replace(/-----[^-]+-----/g, "").replaceAll("\n", "");
    expect(await verifier.open(signed(base64))).toBe(TEXT);
  });

  test.each([
    ["content", "its signature does not match its content"],
    ["signature", "its signature does not match its content"],
    ["unsigned", "nobody has signed it"],
  ] as const)("one with tampered %s is refused", async (tamper, reason) => {
    const opening = verifier.open(await sealed(signer, tamper));
    await expect(opening).rejects.toThrow(`The deployment specification was refused: ${reason}.`);
    await expect(opening).rejects.toMatchObject({ code: 5 });
  });

  test("no byte of the message can be flipped so that other content is accepted", async () => {
    const { payload } = await sealed(signer);
    const der = Buffer.from(payload.replace(/-----[^-]+-----/g, ""), "base64");
    for (let position = 0; position < der.length; position += 7) {
      const flipped = Buffer.from(der);
      flipped[position] = (flipped[position] ?? 0) ^ 0x01;
      const opened = await verifier.open(signed(flipped.toString("base64"))).catch((error: unknown) => error);
      if (opened instanceof DeploymentError) continue;
      expect(opened).toBe(TEXT);
    }
  });

  test("with trusted authorities, a signer they issued is accepted", async () => {
    expect(await trusting(pemOf(authority)).open(await sealed(signer))).toBe(TEXT);
  });

  test("with trusted authorities, anybody else's signer is refused", async () => {
    const stranger = await newAuthority("Test authority");
    await expect(trusting(pemOf(stranger)).open(await sealed(signer))).rejects.toThrow(
      "its signer was not issued by one of the trusted authorities",
    );
    const impostor = await issueSigner("Test signer", stranger);
    await expect(trusting(pemOf(authority)).open(await sealed(impostor))).rejects.toThrow(
      "its signer was not issued by one of the trusted authorities",
    );
  });

  test.each(["", "hello", "AAAA", "-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----"])(
    "%j is refused",
    async (payload) => {
      await expect(verifier.open(signed(payload))).rejects.toThrow(
        "The deployment specification was refused: it is not a signed PKCS7 message.",
      );
    },
  );
});

describe("other formats", () => {
  test("plain text is refused unless it is accepted expressly", async () => {
    const plain = { format: "TEXT/JSON", payload: TEXT };
    await expect(verifier.open(plain)).rejects.toThrow('its format is "TEXT/JSON", not PKCS7/JSON');
    expect(await createEnvelopeVerifier({ acceptPlainText: true }).open(plain)).toBe(TEXT);
  });

  test("an unknown format is named", async () => {
    await expect(verifier.open({ format: "ROT13/JSON", payload: TEXT })).rejects.toThrow('its format is "ROT13/JSON"');
  });
});

describe.skipIf(!hasOpenssl())("messages made by openssl (needs openssl)", () => {
  const openssl = (directory: string, ...args: string[]) =>
    execFileSync("openssl", args, { cwd: directory, stdio: "pipe" });

  const sign = (...options: string[]) => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "text"), TEXT);
    openssl(directory, ..."req -x509 -newkey rsa:2048 -nodes -keyout key -out crt -days 2 -subj /CN=signer".split(" "));
    openssl(
      directory,
      ..."cms -sign -binary -nodetach -in text -signer crt -inkey key -out p7 -outform".split(" "),
      ...options,
    );
    return readFileSync(join(directory, "p7"));
  };

  test.each([
    ["DER", ["DER"]],
    ["BER of indefinite length", ["DER", "-stream"]],
    ["without signed attributes", ["DER", "-noattr"]],
    ["identified by key id", ["DER", "-keyid"]],
    ["SHA-512", ["DER", "-md", "sha512"]],
  ])("%s", async (_what, options) => {
    const message = sign(...options);
    expect(await verifier.open(signed(message.toString("base64")))).toBe(TEXT);
    const changed = Buffer.from(message.toString("latin1").replace("d-1", "d-2"), "latin1");
    await expect(verifier.open(signed(changed.toString("base64")))).rejects.toThrow(DeploymentError);
  });

  test("PEM", async () => {
    expect(await verifier.open(signed(sign("PEM").toString("latin1")))).toBe(TEXT);
  });

  test("detached content is refused", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "text"), TEXT);
    openssl(directory, ..."req -x509 -newkey rsa:2048 -nodes -keyout key -out crt -days 2 -subj /CN=signer".split(" "));
    openssl(directory, ..."cms -sign -binary -in text -signer crt -inkey key -out p7 -outform DER".split(" "));
    await expect(verifier.open(signed(readFileSync(join(directory, "p7")).toString("base64")))).rejects.toThrow(
      "it has no content",
    );
  });
});

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
