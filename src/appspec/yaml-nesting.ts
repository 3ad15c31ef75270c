import { Lexer, Parser } from "yaml";

/** An AppSpec file needs five levels; each costs the parser a few entries of its stack. */
const MAX_STACK = 100;

/**
 * Whether a YAML text nests deeper than any AppSpec file does. The library composes documents recursively, and a
 * stack overflow inside V8's regular expressions ends the whole process instead of throwing; the parser itself keeps a
 * stack of its own, which shows the depth safely.
 */
export function isNestedTooDeeply(source: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(source)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > MAX_STACK) return true;
  }
  return false;
}
