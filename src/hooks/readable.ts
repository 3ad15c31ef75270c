import { isUtf8 } from "node:buffer";

const ESCAPE = 0x1b;
/** U+009B, the eight-bit control sequence introducer, in UTF-8. */
const EIGHT_BIT_INTRODUCER = Buffer.from("\x9B");

/**
 * Lines as people can read them: bytes that are no UTF-8 become U+FFFD, terminal control sequences are dropped.
 * @returns the same memory where there is nothing to change
 */
export function readable(lines: Buffer): Buffer {
  if (isUtf8(lines) && !lines.includes(ESCAPE) && !lines.includes(EIGHT_BIT_INTRODUCER)) return lines;
  return Buffer.from(lines.toString("utf8").split("\n").map(withoutControlSequences).join("\n"));
}

// CSI and OSC sequences, other strings (DCS, SOS, PM, APC), two-character escapes; ECMA-48, section 5.
const CONTROL_SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /(?:\x1B\[|\x9B)[0-?]*[ -/]*[@-~]|\x1B\][^\x07\x1B]*(?:\x07|\x1B\\)|\x1B[PX^_][^\x1B]*\x1B\\|\x1B[ -/]*[0-~]|[\x1B\x9B]/g;

/** The text without the sequences that colour it or move the cursor. */
export function withoutControlSequences(text: string): string {
  return text.includes("\x1B") || text.includes("\x9B") ? text.replace(CONTROL_SEQUENCES, "") : text;
}
