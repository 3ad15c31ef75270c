import { MAX_LOG_CHARACTERS, newest } from "../deployment/diagnostics.ts";

/** The newest output of an event, as it is sent to the service with a failure; bounded whatever is written. */
export class Capture {
  #text = "";
  #open = false;

  /** Adds complete lines. */
  addLines(lines: readonly string[]): void {
    if (lines.length > 0) this.#add(`${newestLines(lines).join("\n")}\n`);
  }

  /** Adds a last line that the script did not end; the next line begins a new one all the same. */
  addUnendedLine(line: string): void {
    this.#add(line);
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

/** As many of the last lines as can matter: under a flood the rest need not be joined. */
function newestLines(lines: readonly string[]): readonly string[] {
  let length = 0;
  let first = lines.length;
  while (first > 0 && length < MAX_LOG_CHARACTERS) {
    first -= 1;
    length += (lines[first]?.length ?? 0) + 1;
  }
  return lines.slice(first);
}
