/** Owner of a tar entry: a name that is known on this host counts before the number. */
export interface EntryOwner {
  readonly userName: string;
  readonly groupName: string;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** Files up to this length come with their content, and are written many at a time. */
export const SMALL_FILE_BYTES = 128 * 1024;

/** What every entry of an archive has. */
export interface EntryFacts {
  /** As the archive spells it; nothing about it has been checked. */
  readonly name: string;
  /** Position of the entry's header in the (uncompressed) archive, in bytes. */
  readonly offset: number;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  /** Milliseconds since the epoch; undefined when the archive holds no usable time. */
  readonly mtimeMs: number | undefined;
  /** Absent in formats without owners. */
  readonly owner?: EntryOwner;
}

/** A regular file in an archive. */
export interface FileEntry extends EntryFacts {
  readonly kind: "file";
  /** Length of the content in bytes. */
  readonly size: number;
  /** Bytes it takes in the archive if they are not `size`: a file with holes. */
  readonly stored?: number;
  /**
   * Exactly `size` bytes: of a small file as they are; of a longer one as a stream that can be read until the next entry
   * is asked for, and rejects with a `DeploymentError` when the archive is damaged. Whoever takes the bytes lets go of
   * them when they are written, so they are nobody else's, or a part of something longer.
   */
  readonly content: Buffer | (() => AsyncIterable<Buffer>);
}

/** A link in an archive. The target of a hard link is the name of an earlier entry. */
export interface LinkEntry extends EntryFacts {
  readonly kind: "symbolic-link" | "hard-link";
  readonly target: string;
}

/** One entry of an archive, whatever the archive's format. */
export type ArchiveEntry =
  | FileEntry
  | LinkEntry
  | (EntryFacts & { readonly kind: "directory" })
  /** Something that no revision may hold: a device, a FIFO, an entry of a type we do not know. */
  | (EntryFacts & { readonly kind: "special"; readonly what: string });

/** The entries of an archive, one after the other. */
export interface EntrySource {
  /**
   * The next entry, undefined at the end. A promise only where bytes have to be waited for: with ten thousand small files
   * waiting costs more than the rest. The content of the entry before can be read no more.
   * @throws DeploymentError with entry and offset when the archive is damaged
   */
  next(): ArchiveEntry | undefined | Promise<ArchiveEntry | undefined>;
}
