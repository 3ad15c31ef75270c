/** What this process does with memory: little is kept, unless work gains from more. */
export interface Memory {
  /**
   * Lets it take more as long as the work goes on, for work that makes many objects and keeps them to its end: looking
   * for garbage in between takes a tenth of the time and finds nothing.
   */
  roomy<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Lets it spend memory on code as long as the work goes on, for work that runs the same code ten thousand times: it
   * takes two thirds of the time. Objects get a little more room.
   */
  quick<T>(work: () => Promise<T>): Promise<T>;
}
