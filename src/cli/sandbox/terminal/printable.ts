// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const ESCAPE_SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)?/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** A text from an agent or a script without what could command the terminal; line ends stay. */
export function printable(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(ESCAPE_SEQUENCES, "").replaceAll(CONTROLS, "");
}

/** The lines of such a text, without blank ones at the end. */
export function printableLines(text: string): readonly string[] {
  const trimmed = printable(text).trimEnd();
  return trimmed === "" ? [] : trimmed.split("\n");
}
