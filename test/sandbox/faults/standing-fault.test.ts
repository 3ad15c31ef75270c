import { describe, expect, test } from "vitest";
import { disturbanceOf } from "../../../src/sandbox/faults/disturbance.ts";
import type { NewFault } from "../../../src/sandbox/faults/fault.ts";
import { NewFaultForm, neverHits } from "../../../src/sandbox/faults/new-fault.ts";
import { isAbout, isActive, roll, standing } from "../../../src/sandbox/faults/standing-fault.ts";

const POLL = { service: "commands", operation: "PollHostCommand", host: "web-1" } as const;
const GET = { service: "s3", operation: "GetObject" } as const;

describe("whether a fault is about a request", () => {
  test.each<[fault: NewFault, request: Parameters<typeof isAbout>[1], about: boolean]>([
    [{ kind: "latency", milliseconds: 1 }, POLL, true],
    [{ kind: "latency", milliseconds: 1, service: "s3" }, POLL, false],
    [{ kind: "latency", milliseconds: 1, operation: "PollHostCommand" }, POLL, true],
    [{ kind: "latency", milliseconds: 1, operation: "GetObject" }, POLL, false],
    [{ kind: "outage", host: "web-1" }, POLL, true],
    [{ kind: "outage", host: "web-2" }, POLL, false],
    [{ kind: "outage", host: "web-1" }, GET, false],
    [{ kind: "cut", afterBytes: 1 }, GET, true],
    [{ kind: "cut", afterBytes: 1 }, { service: "s3", operation: "PutObject" }, false],
    [{ kind: "duplicate" }, { service: "commands", operation: "PutHostCommandComplete" }, false],
    [{ kind: "stale" }, POLL, true],
  ])("%o and %o: %s", (fault, request, about) => {
    expect(isAbout(standing("f-1", fault, 0), request)).toBe(about);
  });
});

test("a count ends with its last hit, a time to the millisecond", () => {
  const counted = standing("f-1", { kind: "outage", count: 1 }, 0);
  expect(isActive(counted, 1e12)).toBe(true);
  expect(isActive(roll(counted).standing, 0)).toBe(false);
  const timed = standing("f-1", { kind: "outage", seconds: 2 }, 1000);
  expect(isActive(timed, 2999)).toBe(true);
  expect(isActive(timed, 3000)).toBe(false);
});

test("chance hits the same requests for the same seed, others for another, and its share of many", () => {
  const hits = (seed: number) => {
    let fault = standing("f-1", { kind: "outage", probability: 0.25, seed }, 0);
    return Array.from({ length: 2000 }, () => {
      const rolled = roll(fault);
      fault = rolled.standing;
      return rolled.hit;
    });
  };
  expect(hits(7)).toEqual(hits(7));
  expect(hits(7)).not.toEqual(hits(8));
  const share = hits(7).filter(Boolean).length / 2000;
  expect(share).toBeGreaterThan(0.2);
  expect(share).toBeLessThan(0.3);
});

test("latencies add up, and the oldest rejection and the oldest cut count", () => {
  expect(
    disturbanceOf([
      { kind: "latency", milliseconds: 100 },
      { kind: "throttling" },
      { kind: "latency", milliseconds: 50 },
      { kind: "error", status: 503 },
      { kind: "cut", afterBytes: 7 },
      { kind: "cut", afterBytes: 9 },
      { kind: "lost-answer" },
    ]),
  ).toEqual({ waitMs: 150, outage: false, losesAnswer: true, rejection: { kind: "throttling" }, cutAfter: 7 });
});

describe("what can never hit anything is refused", () => {
  const known = { s3: ["GetObject", "PutObject"], commands: ["PollHostCommand"] };
  test.each<[fault: NewFault, objection: string | undefined]>([
    [{ kind: "outage", service: "s3", operation: "GetObject" }, undefined],
    [{ kind: "outage", operation: "PutObject" }, undefined],
    [{ kind: "outage", service: "metadata", operation: "token" }, undefined],
    [{ kind: "cut", afterBytes: 1, service: "commands" }, "service: cut is about s3 only."],
    [{ kind: "duplicate", operation: "GetObject" }, "operation: duplicate is about PollHostCommand only."],
    [{ kind: "outage", service: "s3", operation: "Get" }, "operation: Get is none of GetObject, PutObject."],
    [{ kind: "outage", operation: "Get" }, "operation: Get is none of GetObject, PollHostCommand, PutObject."],
  ])("%o: %s", (fault, objection) => {
    expect(neverHits(fault, known)).toBe(objection);
  });

  test.each([
    { kind: "latency" },
    { kind: "latency", milliseconds: 0 },
    { kind: "error", status: 404 },
    { kind: "cut", afterBytes: -1 },
    { kind: "outage", probability: 0 },
    { kind: "outage", probability: 1.5 },
    { kind: "outage", count: 0 },
    { kind: "outage", seconds: -1 },
    { kind: "outage", unknown: true },
    { kind: "rain" },
    "outage",
  ])("%o is no fault", (fault) => {
    expect(NewFaultForm.safeParse(fault).success).toBe(false);
  });
});
