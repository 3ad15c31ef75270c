import type { NewFile } from "./file-system.ts";

/** Files were given to programs that did not make them all; the message says what happened. */
export class FilesNotMade extends Error {
  override readonly name = "FilesNotMade";
}

/** Programs of this host that make many new files faster than this process could. */
export interface FileMakers {
  /** So many files are worth starting them. */
  readonly worthFiles: number;
  /**
   * Files that are about to be made by them; undefined where there are no such programs.
   * @param root existing directory below which all files are made; all other directories have to exist as well
   */
  start(root: string): Promise<FileMaking | undefined>;
}

/** Files being made. They are there after {@link FileMaking.finish}, not before. */
export interface FileMaking {
  /** Whether nothing can be taken before {@link FileMaking.room} resolves. */
  readonly isFull: boolean;
  /**
   * Takes a file; its content is not needed any more then. To be called only while it is not full.
   * @returns false for one that has to be made in another way
   */
  take(file: NewFile): boolean;
  /** Resolves when more files can be taken. @throws FilesNotMade */
  room(): Promise<void>;
  /** Resolves when all files are there. @throws FilesNotMade */
  finish(): Promise<void>;
  /** Resolves when nothing is being made any more, whatever became of the files; does nothing after `finish`. */
  stop(): Promise<void>;
}
