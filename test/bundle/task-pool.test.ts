import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { TaskPool } from "../../src/bundle/task-pool.ts";

it("runs no more tasks at a time than allowed", async () => {
  const pool = new TaskPool(3);
  let running = 0;
  let most = 0;
  for (let task = 0; task < 20; task += 1) {
    await pool.start(async () => {
      running += 1;
      most = Math.max(most, running);
      await delay(1);
      running -= 1;
    });
  }
  await pool.drain();
  expect({ most, running }).toEqual({ most: 3, running: 0 });
});

it("throws the first failure at the next call, when all have ended", async () => {
  const pool = new TaskPool(2);
  let ended = false;
  await pool.start(async () => {
    await delay(20);
    ended = true;
    throw new Error("second");
  });
  await pool.start(() => Promise.reject(new Error("first")));
  await expect(pool.drain()).rejects.toThrow("first");
  expect(ended).toBe(true);
  await expect(pool.start(async () => {})).rejects.toThrow("first");
  await pool.settle();
});
