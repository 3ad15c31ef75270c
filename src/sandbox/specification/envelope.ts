import { webcrypto } from "node:crypto";
import { Integer, ObjectIdentifier, OctetString, UTCTime } from "asn1js";
import * as pkijs from "pkijs";
import type { Tampering } from "../model/new-deployment.ts";
import type { CertifiedKey } from "./certificates.ts";
import { toPem } from "./pem.ts";

/** A specification as it travels. */
export interface Envelope {
  readonly Format: string;
  readonly Payload: string;
}

const DATA = "1.2.840.113549.1.7.1";
const SIGNED_DATA = "1.2.840.113549.1.7.2";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_TIME = "1.2.840.113549.1.9.5";

/** Wraps a text as `PKCS7/JSON`: CMS SignedData with SHA-256 that carries text and signer certificate; or spoils it. */
export async function seal(text: string, signer: CertifiedKey, tamper?: Tampering): Promise<Envelope> {
  if (tamper === "format") return { Format: "TEXT/JSON", Payload: text };
  const content = Buffer.from(text);
  const message = await signedMessage(content, tamper === "unsigned" ? undefined : signer);
  const der = Buffer.from(message);
  if (tamper === "content") flipByte(der, der.indexOf(content) + content.indexOf(":") + 2);
  if (tamper === "signature") flipByte(der, der.length - 1);
  return { Format: "PKCS7/JSON", Payload: toPem("PKCS7", new Uint8Array(der).buffer) };
}

async function signedMessage(content: Buffer, signer: CertifiedKey | undefined): Promise<ArrayBuffer> {
  const encapsulated = new pkijs.EncapsulatedContentInfo({ eContentType: DATA });
  // Set after construction: the constructor would cut the content into a constructed string, which old readers dislike.
  encapsulated.eContent = new OctetString({ valueHex: new Uint8Array(content).buffer });
  const signed = new pkijs.SignedData({
    version: 1,
    encapContentInfo: encapsulated,
    ...(signer === undefined
      ? {}
      : { signerInfos: [await signerInfo(content, signer)], certificates: [signer.certificate] }),
  });
  if (signer !== undefined) await signed.sign(signer.privateKey, 0, "SHA-256");
  const wrapped = new pkijs.ContentInfo({ contentType: SIGNED_DATA, content: signed.toSchema(true) });
  return wrapped.toSchema().toBER();
}

async function signerInfo(content: Buffer, { certificate }: CertifiedKey): Promise<pkijs.SignerInfo> {
  const digest = await webcrypto.subtle.digest("SHA-256", content);
  const attributes = [
    new pkijs.Attribute({ type: CONTENT_TYPE, values: [new ObjectIdentifier({ value: DATA })] }),
    new pkijs.Attribute({ type: SIGNING_TIME, values: [new UTCTime({ valueDate: new Date() })] }),
    new pkijs.Attribute({ type: MESSAGE_DIGEST, values: [new OctetString({ valueHex: digest })] }),
  ];
  return new pkijs.SignerInfo({
    version: 1,
    sid: new pkijs.IssuerAndSerialNumber({
      issuer: certificate.issuer,
      serialNumber: new Integer({ valueHex: certificate.serialNumber.valueBlock.valueHexView.slice().buffer }),
    }),
    signedAttrs: new pkijs.SignedAndUnsignedAttributes({ type: 0, attributes }),
  });
}

/** Changes one byte and leaves it a printable character where it was one. */
function flipByte(bytes: Buffer, position: number): void {
  bytes[position] = (bytes[position] ?? 0) ^ 1;
}
