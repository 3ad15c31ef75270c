/** A text that is on disk already, beside the file whose place it is to take. */
export interface PreparedText {
  /** After a power loss either file is there. */
  putInPlace(): Promise<void>;
  /** Removes it; does nothing when it is in place or gone. */
  drop(): Promise<void>;
}
