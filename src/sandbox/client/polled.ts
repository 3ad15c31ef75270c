import { setTimeout as delay } from "node:timers/promises";

const CHECK_MS = 50;

/** Asks until there is an answer. @throws Error with the message `onTimeout` when there is none after the time */
export async function polled<Answer>(
  ask: () => Promise<Answer | undefined>,
  { timeoutSeconds, onTimeout }: { readonly timeoutSeconds: number; readonly onTimeout: string },
): Promise<Answer> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= deadline) throw new Error(onTimeout);
    await delay(CHECK_MS);
  }
}
