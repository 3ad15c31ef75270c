import { randomBytes, webcrypto } from "node:crypto";
import { BitString, Integer, Utf8String } from "asn1js";
import * as pkijs from "pkijs";

/** A certificate and the key it is about. */
export interface CertifiedKey {
  readonly certificate: pkijs.Certificate;
  readonly privateKey: webcrypto.CryptoKey;
}

export const RSA_SHA256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_DAYS = 3650;
/** Clocks of hosts may be behind ours. */
const VALID_BEFORE_DAYS = 1;
const COMMON_NAME = "2.5.4.3";
const KEY_USAGE = "2.5.29.15";
const BASIC_CONSTRAINTS = "2.5.29.19";
/** Bits of the key usage extension, first byte (RFC 5280, 4.2.1.3). */
const DIGITAL_SIGNATURE = 0x80;
const KEY_CERT_SIGN = 0x04;

/** A new self-signed certificate authority. */
export function newAuthority(commonName: string): Promise<CertifiedKey> {
  return certify(commonName, { usage: KEY_CERT_SIGN, isAuthority: true });
}

/** A new key with a certificate for digital signatures. */
export function issueSigner(commonName: string, issuer: CertifiedKey): Promise<CertifiedKey> {
  return certify(commonName, { usage: DIGITAL_SIGNATURE, isAuthority: false, issuer });
}

interface Purpose {
  readonly usage: number;
  readonly isAuthority: boolean;
  /** Absent for a certificate that signs itself. */
  readonly issuer?: CertifiedKey;
}

async function certify(commonName: string, { usage, isAuthority, issuer }: Purpose): Promise<CertifiedKey> {
  const keys = await webcrypto.subtle.generateKey(
    { ...RSA_SHA256, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ["sign", "verify"],
  );
  const certificate = new pkijs.Certificate({
    version: 2,
    serialNumber: new Integer({ valueHex: serialNumber() }),
    notBefore: inDays(-VALID_BEFORE_DAYS),
    notAfter: inDays(VALID_DAYS),
    extensions: [
      extension(BASIC_CONSTRAINTS, new pkijs.BasicConstraints({ cA: isAuthority }).toSchema().toBER()),
      extension(KEY_USAGE, new BitString({ valueHex: new Uint8Array([usage]).buffer }).toBER()),
    ],
  });
  certificate.subject.typesAndValues.push(nameOf(commonName));
  certificate.issuer.typesAndValues.push(...(issuer?.certificate.subject.typesAndValues ?? [nameOf(commonName)]));
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  await certificate.sign(issuer?.privateKey ?? keys.privateKey, "SHA-256");
  return { certificate, privateKey: keys.privateKey };
}

function extension(extnID: string, extnValue: ArrayBuffer): pkijs.Extension {
  return new pkijs.Extension({ extnID, critical: true, extnValue });
}

function nameOf(commonName: string): pkijs.AttributeTypeAndValue {
  return new pkijs.AttributeTypeAndValue({ type: COMMON_NAME, value: new Utf8String({ value: commonName }) });
}

/** A positive number of 16 bytes: the first bit is cleared, the second set so that no byte is left out. */
function serialNumber(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.buffer;
}

function inDays(days: number): pkijs.Time {
  return new pkijs.Time({ type: 0, value: new Date(Date.now() + days * DAY_MS) });
}
