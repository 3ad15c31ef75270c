/** Longer lines are cut into pieces of at most so many bytes, so that a line without end takes bounded memory. */
export const MAX_LINE_BYTES = 64 * 1024;

const NEWLINE = 0x0a;

/**
 * Makes lines of text from the bytes of a stream, whatever the chunks they come in. Bytes that are no UTF-8 become
 * U+FFFD, terminal control sequences are dropped, lines longer than {@link MAX_LINE_BYTES} are cut between characters.
 */
export class LineSplitter {
  #rest: Buffer = Buffer.alloc(0);

  /** The lines that the chunk completes, without their newlines. */
  push(chunk: Buffer): string[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = bytes.lastIndexOf(NEWLINE);
    const lines = end === -1 ? [] : bytes.toString("utf8", 0, end).split("\n");
    this.#rest = bytes.subarray(end + 1);
    const pieces = lines.some(mayBeTooLong) ? completeLines(bytes.subarray(0, end)) : lines;
    return [...pieces, ...this.#cutRest()].map(withoutControlSequences);
  }

  /** What follows the last newline; undefined when nothing does. The splitter is empty afterwards. */
  end(): string | undefined {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest.length === 0 ? undefined : withoutControlSequences(rest.toString("utf8"));
  }

  #cutRest(): string[] {
    const pieces = piecesOf(this.#rest);
    // A copy, so that a short rest does not keep the whole chunk in memory.
    this.#rest = Buffer.from(pieces.pop() ?? Buffer.alloc(0));
    return pieces.map((piece) => piece.toString("utf8"));
  }
}

/** No character is shorter than one byte nor, in UTF-16 units, longer than three. */
function mayBeTooLong(line: string): boolean {
  return line.length * 3 > MAX_LINE_BYTES;
}

function completeLines(bytes: Buffer): string[] {
  const pieces: string[] = [];
  for (let start = 0; start <= bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    pieces.push(...piecesOf(bytes.subarray(start, end)).map((piece) => piece.toString("utf8")));
    start = end + 1;
  }
  return pieces;
}

/** At least one piece; all but the last are as long as can be. */
function piecesOf(line: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  while (line.length - start > MAX_LINE_BYTES) {
    const end = characterStart(line, start + MAX_LINE_BYTES);
    pieces.push(line.subarray(start, end));
    start = end;
  }
  return [...pieces, line.subarray(start)];
}

/** The start of the character that the byte at an index belongs to; the index itself in bytes that are no UTF-8. */
function characterStart(bytes: Buffer, index: number): number {
  for (let start = index; start > index - 4; start -= 1) {
    if (((bytes[start] ?? 0) & 0xc0) !== 0x80) return start;
  }
  return index;
}

// CSI and OSC sequences, other strings (DCS, SOS, PM, APC), two-character escapes; ECMA-48, section 5.
const CONTROL_SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /(?:\x1B\[|\x9B)[0-?]*[ -/]*[@-~]|\x1B\][^\x07\x1B]*(?:\x07|\x1B\\)|\x1B[PX^_][^\x1B]*\x1B\\|\x1B[ -/]*[0-~]|[\x1B\x9B]/g;

/** The text without the sequences that colour it or move the cursor. */
export function withoutControlSequences(text: string): string {
  return text.includes("\x1B") || text.includes("\x9B") ? text.replace(CONTROL_SEQUENCES, "") : text;
}
