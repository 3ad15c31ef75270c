// biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no room
const COLOUR = /\u001b\[\d*m/g;
/** Output of scripts stays as it came, and columns stay where they are. */
const FIXED = /^\s*\||\S {2,}\S/;

/**
 * Breaks a line at blanks where it does not fit; what comes below is indented as the line is. A word that is longer
 * than a line, most often a path, stays whole so that it can be copied.
 */
export function wrapLine(line: string, width: number): readonly string[] {
  if (lengthOf(line) <= width || FIXED.test(line)) return [line];
  const indent = /^ */.exec(line)?.[0] ?? "";
  const lines: string[] = [];
  let current = "";
  for (const word of line.slice(indent.length).split(" ")) {
    const longer = current === "" ? `${indent}${word}` : `${current} ${word}`;
    if (current !== "" && lengthOf(longer) > width) {
      lines.push(current);
      current = `${indent}${word}`;
    } else current = longer;
  }
  return [...lines, current];
}

function lengthOf(line: string): number {
  return line.replaceAll(COLOUR, "").length;
}
