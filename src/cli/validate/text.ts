import type { Problem, ValidationReport } from "../../validation/problem.ts";
import type { Io } from "../terminal/io.ts";
import { widthOf, wrapAfter } from "../terminal/layout.ts";
import { printable } from "../terminal/printable.ts";
import { count } from "../terminal/quantities.ts";
import { isTerminal, type Style, styleFor } from "../terminal/style.ts";

/** What was found, for people: each problem with the line that is meant, and how many there are. */
export function textLines({ appSpecFile, appSpecText, problems }: ValidationReport, io: Io): readonly string[] {
  const style = styleFor(io);
  const source = { file: appSpecFile, lines: printable(appSpecText.replace(/^\uFEFF/, "")).split("\n") };
  const shown = problems.flatMap((problem) =>
    problemLines(problem, { source, style, width: widthOf(io), isTerminal: isTerminal(io) }),
  );
  return [...shown, summary(appSpecFile, problems, style)];
}

interface View {
  readonly source: { readonly file: string | undefined; readonly lines: readonly string[] };
  readonly style: Style;
  readonly width: number;
  readonly isTerminal: boolean;
}

function problemLines(problem: Problem, { source, style, width, isTerminal }: View): readonly string[] {
  const { file, line, column, severity, path, message } = problem;
  const word = severity === "error" ? style.bad("error") : style.warn("warning");
  const subject = path === "" ? "" : `${path}: `;
  const isWhole = line === 1 && column === 1 && path === "";
  const place = file !== source.file && isWhole ? printable(file) : `${printable(file)}:${line}:${column}`;
  const lead = `${place}  ${severity}  `.length;
  const [first = "", ...more] = isTerminal
    ? wrapAfter(lead, printable(subject + message), width)
    : [printable(subject + message)];
  const head = [`${style.strong(place)}  ${word}  ${first}`, ...more.map((text) => `      ${text}`)];
  return file === source.file && !isWhole ? [...head, ...excerpt(source.lines, problem, { style, width })] : head;
}

/** The line that is meant with the one before it, and marks below what is meant. */
function excerpt(
  lines: readonly string[],
  { line, column }: Problem,
  { style, width }: Pick<View, "style" | "width">,
): readonly string[] {
  const meant = lines[line - 1];
  if (meant === undefined || meant.trim() === "") return [];
  const digits = String(line).length;
  const gutter = (number: number | undefined) => style.faint(`  ${String(number ?? "").padStart(digits)} |`);
  const room = width - digits - 5;
  const start = column - 1 + 20 > room ? Math.max(0, column - 21) : 0;
  const cut = (text: string) => text.slice(start, start + room).replaceAll("\t", " ");
  const before = lines[line - 2];
  const marks = "^".repeat(Math.max(1, Math.min(meantLength(meant, column), start + room - column + 1)));
  return [
    ...(before === undefined || before.trim() === "" ? [] : [`${gutter(line - 1)} ${style.faint(cut(before))}`]),
    `${gutter(line)} ${cut(meant)}`,
    `${gutter(undefined)} ${" ".repeat(column - 1 - start)}${style.bad(marks)}`,
  ];
}

/** How far the value or key that begins at a column goes: to its closing quote, its colon, or the end of the line. */
function meantLength(line: string, column: number): number {
  const rest = line.slice(column - 1);
  const quoted = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(rest)?.[0];
  const key = /^[^\s"'[{][^:]*(?=:(\s|$))/.exec(rest)?.[0];
  const plain = /^.*?(?=\s+#|\s*[,\]}]?\s*$)/.exec(rest)?.[0];
  return (quoted ?? key ?? plain ?? rest).length;
}

function summary(file: string | undefined, problems: readonly Problem[], style: Style): string {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors;
  if (problems.length === 0) return `${file ?? "The AppSpec file"} is ${style.good("valid")}.`;
  const counted = [
    ...(errors > 0 ? [style.bad(count(errors, "error"))] : []),
    ...(warnings > 0 ? [style.warn(count(warnings, "warning"))] : []),
  ].join(", ");
  return errors > 0 ? counted : `${counted}; ${file ?? "the AppSpec file"} is ${style.good("valid")}.`;
}
