const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Bytes that are not UTF-8 become the lone surrogates U+DC80 to U+DCFF, which no text has otherwise. */
const ESCAPE = 0xdc00;

/** The bytes of a text or path; the reverse of {@link textOf}. */
export function bytesOf(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  return Buffer.concat(
    Array.from(text, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff ? Buffer.of(code - ESCAPE) : Buffer.from(character);
    }),
  );
}

/**
 * Bytes as a text from which {@link bytesOf} makes the very same bytes again, whatever they are.
 * @param start first byte, and `end` the one after the last; all bytes when absent
 */
export function textOf(bytes: Buffer, start = 0, end = bytes.length): string {
  const text = bytes.toString("utf8", start, end);
  return text.includes("\uFFFD") ? exactText(bytes.subarray(start, end)) : text;
}

/** That mark stands for bytes that are no UTF-8, or for itself. */
function exactText(bytes: Buffer): string {
  try {
    return strict.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return escaped(bytes);
  }
}

function escaped(bytes: Buffer): string {
  let text = "";
  for (let start = 0; start < bytes.length; ) {
    const length = [1, 2, 3, 4].find((count) => isCharacter(bytes.subarray(start, start + count)));
    text +=
      length === undefined
        ? String.fromCharCode(ESCAPE + (bytes[start] ?? 0))
        : bytes.toString("utf8", start, start + length);
    start += length ?? 1;
  }
  return text;
}

function isCharacter(bytes: Buffer): boolean {
  const text = bytes.toString("utf8");
  return [...text].length === 1 && Buffer.from(text).equals(bytes);
}

/** A path as Node's calls take it. */
export function pathOf(path: string): string | Buffer {
  return path.isWellFormed() ? path : bytesOf(path);
}

/** Names as Node gives them, with those made exact that it could not express. */
export function exactNames(names: readonly string[], readBytes: () => readonly Buffer[]): readonly string[] {
  return names.some((name) => name.includes("\uFFFD")) ? readBytes().map((bytes) => textOf(bytes)) : names;
}
