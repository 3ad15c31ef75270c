/** Enough to keep the thread pool behind the file system busy. */
const WORKERS = 8;

/**
 * Does something with each item, several at a time. After the first failure nothing new is begun; what is under way is
 * waited for, so that nothing changes any more when the promise rejects with that failure.
 */
export async function inParallel<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async () => {
    while (failures.length === 0) {
      const next = iterator.next();
      if (next.done) return;
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  if (failures.length > 0) throw failures[0];
}

/** Both, or the first failure once nothing is going on any more. */
export async function allOf<One, Other>(works: [Promise<One>, Promise<Other>]): Promise<[One, Other]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
