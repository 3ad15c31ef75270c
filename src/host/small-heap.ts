import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Memory } from "../ports/memory.ts";

/**
 * Keeps the memory of an agent that does nothing small, without a cost that can be measured. The space for new objects
 * may grow to 48 MiB and never shrinks by itself; three are enough. Memory comes before speed of the code, too: most of
 * what an agent does is done by the kernel.
 *
 * V8 lets a small heap grow to several times what is in use before it looks for garbage, which the agent would keep for
 * good; work that gains from it asks for it with {@link heap}.
 */
export function keepHeapSmall(): void {
  for (const flag of SMALL) setFlagsFromString(flag);
}

const SMALL = ["--heap-growing-percent=30", "--max-semi-space-size=1", "--optimize-for-size"];
const QUICK = ["--heap-growing-percent=100", "--max-semi-space-size=2", "--no-optimize-for-size"];
/** As V8 has it by itself. */
const ROOMY = ["--heap-growing-percent=0", "--max-semi-space-size=16", "--no-optimize-for-size"];

/** How many works ask for it now. */
const asked = { roomy: 0, quick: 0 };

/** The heap of this process, small while no work asks for more. */
export const heap: Memory = {
  roomy: (work) => during("roomy", work),
  quick: (work) => during("quick", work),
};

async function during<T>(kind: keyof typeof asked, work: () => Promise<T>): Promise<T> {
  asked[kind] += 1;
  adapt();
  try {
    return await work();
  } finally {
    asked[kind] -= 1;
    adapt();
  }
}

/** Whoever asks for most gets it. */
function adapt(): void {
  const flags = asked.roomy > 0 ? ROOMY : asked.quick > 0 ? QUICK : SMALL;
  for (const flag of flags) setFlagsFromString(flag);
}

/**
 * Collects all garbage now, which stops everything else for a tenth of a second. V8 looks for garbage when memory is
 * asked for; an agent that has just worked and now only polls asks for so little that it would keep it for days.
 */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  // Only a context that is made from now on has the function.
  const collect: (options: object) => void = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
