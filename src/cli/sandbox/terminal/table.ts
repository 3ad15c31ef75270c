/** A cell of a table; colour is added when its width is known. */
export interface PaintedCell {
  readonly text: string;
  readonly paint: (text: string) => string;
}

export type Cell = string | PaintedCell;

const GAP = "   ";

/** Lays rows out in columns as wide as their content; what does not fit into a line is cut off at its end. */
export function tableLines(rows: readonly (readonly Cell[])[], width: number): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => textOf(row[column] ?? "").length)),
  );
  return rows.map((row) => lineOf(row, widths, width));
}

function lineOf(row: readonly Cell[], widths: readonly number[], width: number): string {
  let line = "";
  let left = width;
  for (const [column, cell] of row.entries()) {
    const isLast = column === row.length - 1;
    const padded = isLast ? textOf(cell) : `${textOf(cell).padEnd(widths[column] ?? 0)}${GAP}`;
    const cut = padded.length > left ? `${padded.slice(0, Math.max(0, left - 1))}${left > 0 ? "…" : ""}` : padded;
    left -= cut.length;
    line += typeof cell === "string" ? cut : cell.paint(cut);
  }
  return line.trimEnd();
}

function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}
