/** What the first line of a script says about how it is run. */
export type FirstLine =
  /** The kernel runs it: a `#!` line. */
  | {
      readonly kind: "interpreter";
      /** As the kernel reads it: the first word, a carriage return at its end included. */
      readonly path: string;
      /** Whether the line ends in a carriage return. */
      readonly endsInCarriageReturn: boolean;
    }
  /** The kernel runs it: a program. */
  | { readonly kind: "program" }
  /** The kernel refuses it; `/bin/sh` runs it. */
  | {
      readonly kind: "none";
      /** Whether a byte order mark hides a `#!` line. */
      readonly byteOrderMark: boolean;
    };

/** The kernel looks at so many bytes of a file. */
export const FIRST_LINE_BYTES = 256;

const ELF_MAGIC = "\x7FELF";
const BYTE_ORDER_MARK = "\xEF\xBB\xBF";

/**
 * Reads the beginning of a file as the kernel does.
 * @param beginning the first {@link FIRST_LINE_BYTES} bytes, or all there are
 */
export function readFirstLine(beginning: Uint8Array): FirstLine {
  const text = Buffer.from(beginning).toString("latin1", 0, FIRST_LINE_BYTES);
  if (text.startsWith(ELF_MAGIC)) return { kind: "program" };
  if (!text.startsWith("#!")) return { kind: "none", byteOrderMark: text.startsWith(`${BYTE_ORDER_MARK}#!`) };
  const line = (text.split("\n", 1)[0] ?? "").slice(2);
  const path = /^[ \t]*([^ \t\0]*)/.exec(line)?.[1] ?? "";
  if (path === "") return { kind: "none", byteOrderMark: false };
  return {
    kind: "interpreter",
    path: Buffer.from(path, "latin1").toString("utf8"),
    endsInCarriageReturn: line.endsWith("\r"),
  };
}
