import { createPrivateKey, webcrypto, X509Certificate } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as pkijs from "pkijs";
import { SandboxStartError } from "../start-error.ts";
import { type CertifiedKey, issueSigner, newAuthority, RSA_SHA256 } from "./certificates.ts";
import { toPem } from "./pem.ts";

/** Whoever signs specifications is certified by it. */
export interface Authority {
  /** Its certificate, PEM. */
  readonly caFile: string;
  /** A signer of its own for this run; made when it is first asked for, since making a key takes time. */
  readonly signer: () => Promise<CertifiedKey>;
}

/**
 * The authority that is kept in the data directory (`ca.pem`, `ca-key.pem`); made when there is none.
 * @throws SandboxStartError when one of the two files is missing, or they do not belong together, or have expired
 */
export async function openAuthority(dataDirectory: string): Promise<Authority> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const caFile = join(dataDirectory, "ca.pem");
  const keyFile = join(dataDirectory, "ca-key.pem");
  const [certificate, key] = [await readIfThere(caFile), await readIfThere(keyFile)];
  if (certificate === undefined && key === undefined) {
    return certifying(await makeAuthority(caFile, keyFile), caFile);
  }
  const authority = await loadAuthority(certificate ?? "", key ?? "");
  if (authority !== undefined) return certifying(authority, caFile);
  throw new SandboxStartError(
    `${caFile} and ${keyFile} are no usable certificate and key of one authority. Remove both to have new ones made; agents then need the new ca.pem.`,
  );
}

function certifying(authority: CertifiedKey, caFile: string): Authority {
  let signer: Promise<CertifiedKey> | undefined;
  return {
    caFile,
    signer: () => {
      signer ??= issueSigner("codedeploy-sandbox specification signer", authority);
      return signer;
    },
  };
}

async function makeAuthority(caFile: string, keyFile: string): Promise<CertifiedKey> {
  const authority = await newAuthority("codedeploy-sandbox authority");
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", authority.privateKey);
  await replaceFile(keyFile, toPem("PRIVATE KEY", pkcs8), 0o600);
  await replaceFile(caFile, toPem("CERTIFICATE", authority.certificate.toSchema().toBER()), 0o644);
  return authority;
}

async function loadAuthority(certificatePem: string, keyPem: string): Promise<CertifiedKey | undefined> {
  try {
    const certificate = new X509Certificate(certificatePem);
    const key = createPrivateKey(keyPem);
    if (!certificate.checkPrivateKey(key) || new Date(certificate.validTo).getTime() < Date.now()) return undefined;
    const pkcs8 = key.export({ format: "der", type: "pkcs8" });
    return {
      certificate: pkijs.Certificate.fromBER(new Uint8Array(certificate.raw)),
      privateKey: await webcrypto.subtle.importKey("pkcs8", pkcs8, RSA_SHA256, true, ["sign"]),
    };
  } catch (error) {
    if (isCryptoError(error)) return undefined;
    throw error;
  }
}

/** OpenSSL refused the bytes: what is in the file is no certificate or key. */
function isCryptoError(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^ERR_(OSSL|CRYPTO)/.test(String(error.code));
}

async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode, flag: "wx" });
  await rename(temporary, path);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
