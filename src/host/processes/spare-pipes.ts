import { makeOutputPipes, type OutputPipes } from "./output-pipe.ts";

/** Making pipes takes as long as starting a child, however many they are: so many are made at a time. */
const AT_A_TIME = 4;

/** Pipes for children, most of which are there before they are needed. */
export class SparePipes {
  #spare: OutputPipes[] = [];

  /** Pipes that are the caller's from now on; undefined where none can be made. */
  async take(): Promise<OutputPipes | undefined> {
    if (this.#spare.length === 0) this.#spare.push(...(await makeOutputPipes(AT_A_TIME)));
    return this.#spare.pop();
  }
}
