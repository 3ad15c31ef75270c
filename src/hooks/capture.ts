import { MAX_LOG_CHARACTERS, newest } from "../deployment/diagnostics.ts";

/** No character has more bytes for each of its UTF-16 units; and a few, for one that is cut and for a newline. */
const ENOUGH_BYTES = MAX_LOG_CHARACTERS * 3 + 4;

/** The newest output of an event, as it is sent to the service with a failure; bounded whatever is written. */
export class Capture {
  #text = "";
  #open = false;

  /** Adds lines, each with its newline. @param prefix goes before each of them */
  addLines(lines: Buffer, prefix = ""): void {
    this.#add(`${unended(lines, prefix)}\n`);
  }

  /** Adds a last line that the script did not end; the next line begins a new one all the same. */
  addUnendedLine(line: Buffer, prefix = ""): void {
    this.#add(unended(line, prefix));
    this.#open = true;
  }

  /** At most {@link MAX_LOG_CHARACTERS} characters, well-formed. */
  get text(): string {
    return this.#text;
  }

  #add(text: string): void {
    this.#text = newest(`${this.#text}${this.#open ? "\n" : ""}${text}`, MAX_LOG_CHARACTERS);
    this.#open = false;
  }
}

/** The lines but for the last newline; at least as much of their end as can matter, for the rest need not be decoded. */
function unended(lines: Buffer, prefix: string): string {
  const text = lines.toString("utf8", Math.max(0, lines.length - ENOUGH_BYTES), lines.length - 1);
  return `${prefix}${text.replaceAll("\n", `\n${prefix}`)}`;
}
