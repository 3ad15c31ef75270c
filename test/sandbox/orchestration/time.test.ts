import { describe, expect, test } from "vitest";
import { advance } from "../../../src/sandbox/orchestration/advance.ts";
import { nextDeadline } from "../../../src/sandbox/orchestration/deadlines.ts";
import { countTargets } from "../../../src/sandbox/orchestration/deployment-state.ts";
import { scaled, TIME_LIMITS } from "../../../src/sandbox/orchestration/time-limits.ts";
import { finishHost, started } from "./fleet.ts";

const MINUTE = 60_000;
const statuses = (state: ReturnType<typeof started>, host: number) =>
  state.targets[host]?.events.map(({ status }) => status);

describe("time limits", () => {
  test("an event that no agent fetches within five minutes fails its host", () => {
    const state = started(2, 1);
    expect(nextDeadline(state)).toBe(1 + 5 * MINUTE);
    const early = advance(state, { type: "time", at: 5 * MINUTE });
    expect(early).toBe(state);
    const late = advance(state, { type: "time", at: 1 + 5 * MINUTE });
    expect(late.targets[0]).toMatchObject({ status: "Failed" });
    expect(late.targets[0]?.events[0]).toMatchObject({
      status: "Failed",
      diagnostics: { errorCode: 5, message: expect.stringContaining("No agent fetched ApplicationStop for 1 in time") },
    });
    expect(statuses(late, 0)?.slice(1)).toEqual(Array(6).fill("Skipped"));
    expect(late).toMatchObject({ status: "Failed", reason: { code: "HEALTH_CONSTRAINTS" } });
    expect(nextDeadline(late)).toBe(Number.POSITIVE_INFINITY);
  });

  test("the five minutes begin again with each event", () => {
    let state = started(1, 0);
    state = advance(state, { type: "completed", host: "1", index: 0, status: "Succeeded", at: 4 * MINUTE });
    expect(nextDeadline(state)).toBe(9 * MINUTE);
  });

  test("an event that has begun has an hour, whatever the script allows itself", () => {
    let state = started(1, 0);
    state = advance(state, { type: "acknowledged", host: "1", index: 0, isNoop: false, at: MINUTE });
    expect(nextDeadline(state)).toBe(61 * MINUTE);
    state = advance(state, { type: "time", at: 61 * MINUTE });
    expect(state.targets[0]?.events[0]).toMatchObject({
      status: "Failed",
      durationMs: 60 * MINUTE,
      diagnostics: { message: expect.stringContaining("The agent of 1 began ApplicationStop") },
    });
    expect(advance(state, { type: "completed", host: "1", index: 0, status: "Succeeded", at: 62 * MINUTE })).toBe(
      state,
    );
  });

  test("a deployment has eight hours: what is running fails, what waits is skipped", () => {
    let state = started(3, 2);
    for (let hour = 0; hour < 8; hour += 1) {
      const index = Math.floor(hour / 2);
      const at = hour * 60 * MINUTE + MINUTE;
      state =
        hour % 2 === 0
          ? advance(state, { type: "acknowledged", host: "1", index, isNoop: false, at })
          : advance(state, { type: "completed", host: "1", index, status: "Succeeded", at: at - MINUTE });
    }
    state = advance(state, { type: "time", at: 8 * 60 * MINUTE });
    expect(state).toMatchObject({ status: "Failed", reason: { code: "TIMEOUT" }, completedAt: 8 * 60 * MINUTE });
    expect(countTargets(state.targets)).toMatchObject({ Failed: 1, Skipped: 2 });
  });

  test("are scaled as a whole", () => {
    expect(scaled(TIME_LIMITS, 0.01)).toMatchObject({ pickUp: 3_000, run: 36_000 });
  });
});

describe("stopping", () => {
  const request = { cause: "user", message: "Stopped." } as const;

  test("ends at once when no agent works for the deployment", () => {
    const state = advance(started(3, 1), { type: "stop", request, at: 5 });
    expect(state).toMatchObject({ status: "Stopped", reason: { code: "MANUAL_STOP" }, completedAt: 5 });
    expect(countTargets(state.targets).Skipped).toBe(3);
  });

  test("lets the events end that agents have begun, and begins no other", () => {
    let state = started(3, 1);
    state = advance(state, { type: "acknowledged", host: "1", index: 0, isNoop: false, at: 2 });
    state = advance(state, { type: "stop", request, at: 5 });
    expect(state.completedAt).toBeUndefined();
    expect(state.targets.map(({ status }) => status)).toEqual(["InProgress", "Skipped", "Skipped"]);
    expect(advance(state, { type: "stop", request, at: 6 })).toBe(state);
    state = advance(state, { type: "completed", host: "1", index: 0, status: "Succeeded", at: 9 });
    expect(state).toMatchObject({ status: "Stopped", completedAt: 9 });
    expect(statuses(state, 0)).toEqual(["Succeeded", ...Array(6).fill("Skipped")]);
    expect(state.targets[0]?.status).toBe("Skipped");
  });

  test("a host whose event fails meanwhile has failed", () => {
    let state = started(1, 0);
    state = advance(state, { type: "acknowledged", host: "1", index: 0, isNoop: false, at: 2 });
    state = advance(state, { type: "stop", request, at: 5 });
    state = advance(state, { type: "completed", host: "1", index: 0, status: "Failed", at: 9 });
    expect(state.targets[0]?.status).toBe("Failed");
    expect(state.status).toBe("Stopped");
  });

  test("does not undo what has ended", () => {
    const state = finishHost(started(1, 0), "1", "Succeeded");
    expect(advance(state, { type: "stop", request, at: 9 })).toBe(state);
  });
});
