import { Certificate, ContentInfo, SignedData, SignedDataVerifyError } from "pkijs";

/** A PKCS7 message that cannot be trusted; the message says why in a few words. */
export class Pkcs7Error extends Error {
  override readonly name = "Pkcs7Error";
}

/**
 * The content of a signed PKCS7 (CMS) message, after its digest and every signature have verified.
 * @param message PEM or bare base64 of BER or DER
 * @param authorities certificates that must have issued the signers'; undefined to accept any signer
 * @throws Pkcs7Error when the message is damaged, unsigned, changed, or its signer is not trusted
 */
export async function verifiedContent(message: string, authorities?: readonly Certificate[]): Promise<string> {
  const signedData = readSignedData(message);
  const content = contentOf(signedData);
  if (signedData.signerInfos.length === 0) throw new Pkcs7Error("nobody has signed it");
  for (const signer of signedData.signerInfos.keys()) await verifySigner(signedData, signer, authorities);
  return new TextDecoder("utf-8", { fatal: true }).decode(content);
}

/** The certificates in a PEM file's text. @throws Pkcs7Error when there is none or one is damaged */
export function readCertificates(pem: string): readonly Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Pkcs7Error("there is no PEM certificate in it");
  return blocks.map((block) =>
    readBer("a certificate in it is damaged", () => Certificate.fromBER(decodeBase64(block))),
  );
}

function readSignedData(message: string): SignedData {
  return readBer("it is not a signed PKCS7 message", () => {
    const info = ContentInfo.fromBER(decodeBase64(message));
    if (info.contentType !== ContentInfo.SIGNED_DATA) throw new Pkcs7Error("it is not a signed PKCS7 message");
    return new SignedData({ schema: info.content });
  });
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text.replace(/-----[^-]+-----/g, ""), "base64"));
}

/** Only plain data: other content types would be verified by rules of their own. */
function contentOf(signedData: SignedData): ArrayBuffer {
  const { eContent, eContentType } = signedData.encapContentInfo;
  if (eContent === undefined) throw new Pkcs7Error("it has no content");
  if (eContentType !== ContentInfo.DATA) throw new Pkcs7Error("its content is not plain data");
  return eContent.getValue();
}

async function verifySigner(
  signedData: SignedData,
  signer: number,
  authorities: readonly Certificate[] | undefined,
): Promise<void> {
  const chain =
    authorities === undefined
      ? { checkChain: false }
      : { checkChain: true, trustedCerts: [...authorities], passedWhenNotRevValues: true };
  const verified = await signedData.verify({ signer, ...chain }).catch((error: unknown) => {
    throw new Pkcs7Error(reasonFor(error), { cause: error });
  });
  if (!verified) throw new Pkcs7Error("its signature does not match its content");
}

const CHAIN_NOT_TRUSTED = 5;

function reasonFor(error: unknown): string {
  if (!(error instanceof SignedDataVerifyError)) return "its signature could not be checked";
  return error.code === CHAIN_NOT_TRUSTED
    ? "its signer was not issued by one of the trusted authorities, or is not valid today"
    : "its signature does not match its content";
}

function readBer<T>(fault: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Pkcs7Error) throw error;
    throw new Pkcs7Error(fault, { cause: error });
  }
}
