import type { Io } from "./io.ts";

const USUAL_WIDTH = 80;
const NARROWEST = 40;

/** How many characters a line may have; output to a file or a pipe is laid out as for the usual terminal. */
export function widthOf({ stdout }: Pick<Io, "stdout">): number {
  return Math.max(NARROWEST, stdout.columns ?? USUAL_WIDTH);
}

/**
 * Breaks a text into lines at blanks. A word that is longer than a line, most often a path, stays whole so that it can
 * be copied.
 */
export function wrap(text: string, width: number): readonly string[] {
  return text.split("\n").flatMap((paragraph) => wrapParagraph(paragraph, width));
}

/** The same for a text that something `lead` characters long stands before; later lines may have `indent` before them. */
export function wrapAfter(lead: number, text: string, width: number, indent = 6): readonly string[] {
  const words = text.split(" ");
  let first = "";
  while (words.length > 0 && (first === "" ? 0 : first.length + 1) + (words[0]?.length ?? 0) <= width - lead) {
    first = first === "" ? (words.shift() ?? "") : `${first} ${words.shift()}`;
  }
  return words.length === 0 ? [first] : [first, ...wrap(words.join(" "), width - indent)];
}

function wrapParagraph(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** A text that fits a column: what is too long loses its middle, for both ends of a path or an address tell something. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  if (width < 2) return text.slice(0, width);
  const tail = Math.ceil((width - 1) * 0.6);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/** How a column of a table is laid out. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** It gives way when the table is too wide for the terminal. */
  readonly shrinks?: boolean;
}

const GAP = "  ";
const NARROWEST_COLUMN = 8;

/** A table with a line of titles, columns as wide as their content, no wider than the terminal where possible. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const natural = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const excess = natural.reduce((sum, size) => sum + size, 0) + GAP.length * (columns.length - 1) - width;
  const widths = natural.map((size, index) =>
    columns[index]?.shrinks === true ? Math.max(NARROWEST_COLUMN, size - Math.max(0, excess)) : size,
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => {
        const room = widths[index] ?? 0;
        const text = columns[index]?.shrinks === true ? shorten(cell, room) : cell;
        return columns[index]?.align === "right" ? text.padStart(room) : text.padEnd(room);
      })
      .join(GAP)
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}
