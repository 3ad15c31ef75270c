import type { IncomingMessage } from "node:http";

/** The values of an answer that has one in each line, as they come. */
export async function* jsonLines<Value>(answer: IncomingMessage): AsyncGenerator<Value, void, undefined> {
  let rest = "";
  answer.setEncoding("utf8");
  for await (const chunk of answer) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
}
