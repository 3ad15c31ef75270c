import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from "yaml";
import type { FaultCollector, Place } from "./faults.ts";
import { MESSAGES } from "./messages.ts";
import { isNestedTooDeeply } from "./yaml-nesting.ts";

/** A value of the file with the place where it stands; aliases and merge keys are resolved. */
export type Value =
  | { readonly kind: "map"; readonly place: Place; readonly entries: ReadonlyMap<string, Entry> }
  | { readonly kind: "list"; readonly place: Place; readonly items: readonly Value[] }
  | ScalarValue
  | { readonly kind: "null"; readonly place: Place };

/** A single value that is not null. */
export interface ScalarValue {
  readonly kind: "scalar";
  readonly place: Place;
  readonly value: unknown;
  /** What was written, without quotes and escapes: `0644` stays `0644`. */
  readonly text: string;
  readonly isQuoted: boolean;
}

/** One key of a map. */
export interface Entry {
  /** Where the key stands. */
  readonly place: Place;
  readonly value: Value;
}

/** Far beyond any real file, and small enough to be read in a moment. */
const MAX_CHARACTERS = 1024 * 1024;
/** Aliases may repeat parts of the file; this many values are taken for an attempt to exhaust the memory. */
const MAX_VALUES = 100_000;
/** Aliases may nest what the text itself does not. */
const MAX_DEPTH = 100;

const START: Place = { line: 1, column: 1, path: "" };

/**
 * The first document of a YAML text; undefined when it cannot be read, with the reasons in `faults`.
 * Never creates anything but maps, lists and scalars, whatever tags the text has.
 */
export function readYaml(text: string, faults: FaultCollector): Value | undefined {
  const source = text.replace(/^\uFEFF/, "");
  const refusal = refusalOf(source);
  if (refusal !== undefined) return void faults.error(START, refusal);

  const lines = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: lines,
    keepSourceTokens: true,
    merge: true,
    prettyErrors: false,
    uniqueKeys: false,
  });
  reportSyntax(document, lines, faults);
  if (document.errors.some(({ code }) => code !== "MULTIPLE_DOCS")) return undefined;
  try {
    return new Converter(lines, faults).convert(document.contents, "");
  } catch (error) {
    if (!(error instanceof UnreadableDocument)) throw error;
    return void faults.error(error.place, error.message);
  }
}

/** Why a text is not even handed to the YAML library, which cannot defend itself. */
function refusalOf(source: string): string | undefined {
  if (source.length > MAX_CHARACTERS) return MESSAGES.tooLarge(MAX_CHARACTERS);
  if (source.includes("\0")) return MESSAGES.nulCharacter;
  return isNestedTooDeeply(source) ? MESSAGES.tooDeep : undefined;
}

function reportSyntax(document: Document.Parsed, lines: LineCounter, faults: FaultCollector): void {
  for (const { code, pos, message } of document.errors) {
    const place = placeAt(lines, pos[0], "");
    if (code === "MULTIPLE_DOCS") faults.warn(place, MESSAGES.severalDocuments);
    else faults.error(place, MESSAGES.yamlSyntax(message));
  }
  for (const { pos, message } of document.warnings)
    faults.warn(placeAt(lines, pos[0], ""), MESSAGES.yamlSyntax(message));
}

function placeAt(lines: LineCounter, offset: number, path: string): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col), path };
}

/** The document as a whole cannot be used. */
class UnreadableDocument extends Error {
  readonly place: Place;

  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }
}

/** Turns the library's nodes into values. Owns the count of values and the aliases being followed. */
class Converter {
  readonly #lines: LineCounter;
  readonly #faults: FaultCollector;
  /** Anchors met so far; asking the library for an alias's target would search the whole document each time. */
  readonly #anchors = new Map<string, unknown>();
  readonly #open = new Set<unknown>();
  #values = 0;

  constructor(lines: LineCounter, faults: FaultCollector) {
    this.#lines = lines;
    this.#faults = faults;
  }

  convert(node: unknown, path: string): Value {
    const place = this.#place(node, path);
    this.#values += 1;
    if (this.#open.size > MAX_DEPTH) throw new UnreadableDocument(place, MESSAGES.tooDeep);
    if (this.#values > MAX_VALUES) throw new UnreadableDocument(place, MESSAGES.tooManyValues(MAX_VALUES));
    if (isAlias(node)) return this.#alias(node, path);
    this.#remember(node);
    if (isMap(node)) return { kind: "map", place, entries: this.#entries(node, path) };
    if (isSeq(node)) {
      return { kind: "list", place, items: node.items.map((item, index) => this.convert(item, `${path}[${index}]`)) };
    }
    return isScalar(node) && node.value !== null ? toScalarValue(node, place) : { kind: "null", place };
  }

  /** Anchors count in the order of the text, so not again where an alias repeats them. */
  #remember(node: unknown): void {
    const isAnchored = isMap(node) || isSeq(node) || isScalar(node);
    if (isAnchored && node.anchor !== undefined && this.#open.size === 0) this.#anchors.set(node.anchor, node);
  }

  #alias(node: Alias, path: string): Value {
    const target = this.#anchors.get(node.source);
    const place = this.#place(node, path);
    if (target === undefined) throw new UnreadableDocument(place, MESSAGES.unknownAlias(node.source));
    if (this.#open.has(target)) throw new UnreadableDocument(place, MESSAGES.aliasInItself(node.source));
    this.#open.add(target);
    const value = this.convert(target, path);
    this.#open.delete(target);
    return { ...value, place };
  }

  #entries(map: YAMLMap, path: string): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    const merged: Value[] = [];
    for (const pair of map.items) {
      if (isMergeKey(pair)) merged.push(...this.#mergeSources(pair.value, path));
      else this.#addEntry(entries, pair, path);
    }
    for (const source of merged) {
      if (source.kind !== "map") this.#faults.error(source.place, MESSAGES.mergeNeedsMap);
      else for (const [key, entry] of source.entries) if (!entries.has(key)) entries.set(key, entry);
    }
    return entries;
  }

  #addEntry(entries: Map<string, Entry>, pair: Pair, path: string): void {
    const key = isAlias(pair.key) ? this.#anchors.get(pair.key.source) : pair.key;
    this.#remember(key);
    if (!isScalar(key)) return void this.#faults.error(this.#place(pair.key, path), MESSAGES.keyIsNoText);
    const name = textOf(key);
    const childPath = path === "" ? name : `${path}.${name}`;
    const place = this.#place(pair.key, childPath);
    if (entries.has(name)) this.#faults.warn(place, MESSAGES.duplicateKey(name));
    const value = pair.value === null ? ({ kind: "null", place } as const) : this.convert(pair.value, childPath);
    entries.set(name, { place, value });
  }

  #mergeSources(node: unknown, path: string): readonly Value[] {
    const value = this.convert(node, path);
    return value.kind === "list" ? value.items : [value];
  }

  #place(node: unknown, path: string): Place {
    const range = isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range : undefined;
    return placeAt(this.#lines, range?.[0] ?? 0, path);
  }
}

function isMergeKey({ key }: Pair): boolean {
  return isScalar(key) && key.source === "<<" && (key.type === undefined || key.type === "PLAIN");
}

function toScalarValue(node: Scalar, place: Place): ScalarValue {
  const isQuoted = node.type !== undefined && node.type !== "PLAIN";
  return { kind: "scalar", place, value: node.value, text: textOf(node), isQuoted };
}

function textOf(scalar: Scalar): string {
  return typeof scalar.value === "string" ? scalar.value : (scalar.source ?? String(scalar.value));
}
