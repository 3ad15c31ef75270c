/** How much memory this process takes before it looks for garbage. */
export interface Memory {
  /**
   * Lets it take more as long as the work goes on, for work that makes many objects and keeps them to its end: looking
   * for garbage in between takes a tenth of the time and finds nothing.
   */
  roomy<T>(work: () => Promise<T>): Promise<T>;
}
