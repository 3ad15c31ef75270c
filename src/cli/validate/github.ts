import type { ValidationReport } from "../../validation/problem.ts";
import { printable } from "../terminal/printable.ts";

/** What was found as commands of GitHub Actions, which show it beside the lines of a pull request. */
export function gitHubLines({ problems }: ValidationReport): readonly string[] {
  return problems.map(({ severity, file, line, column, path, message }) => {
    const place = [`file=${property(file)}`, `line=${line}`, `col=${column}`];
    const title = path === "" ? [] : [`title=${property(path)}`];
    return `::${severity} ${[...place, ...title].join(",")}::${escaped(printable(message))}`;
  });
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return escaped(printable(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
