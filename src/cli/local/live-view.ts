import type { ProgressReport } from "../../bundle/progress.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Io } from "../terminal/io.ts";
import { bar, LiveLine } from "../terminal/live-line.ts";
import { duration, size } from "../terminal/quantities.ts";
import { styleFor } from "../terminal/style.ts";
import type { EventView } from "./event-view.ts";
import { eventHead, eventLine, outputLine } from "./render.ts";

const REDRAW_MS = 100;

/** The view on a terminal: the last line tells what is under way, for how long, and how far a download has come. */
export function liveView(io: Io, clock: Clock): EventView {
  const line = new LiveLine(io);
  const style = styleFor(io);
  let current: { readonly event: string; readonly since: number } | undefined;
  let progress: ProgressReport | undefined;
  const redraw = () => {
    if (current === undefined) return;
    const elapsed = clock.monotonic() - current.since;
    line.show(`${eventHead(current.event)}${runningText(elapsed, progress)}`);
  };
  const closed = new AbortController();
  void redrawUntil(closed.signal, clock, redraw);
  return {
    began(event) {
      current = { event, since: clock.monotonic() };
      progress = undefined;
      redraw();
    },
    progressed(report) {
      progress = report;
    },
    wrote(stream, text) {
      line.print(outputLine(stream, text, style));
      redraw();
    },
    ended(event) {
      current = undefined;
      line.print(eventLine(event, style));
    },
    note(text) {
      line.print(text);
      redraw();
    },
    close() {
      closed.abort();
      line.clear();
    },
  };
}

async function redrawUntil(closed: AbortSignal, clock: Clock, redraw: () => void): Promise<void> {
  while (!closed.aborted) {
    redraw();
    await clock.sleep(REDRAW_MS, closed);
  }
}

/** With it rate and what is left fit on a line of 80 characters. */
const BAR_WIDTH = 10;

function runningText(elapsedMs: number, progress: ProgressReport | undefined): string {
  const running = `running ${duration(elapsedMs).padStart(9)}`;
  if (progress === undefined) return running;
  const { bytes, size: total } = progress;
  if (total === undefined || total === 0) return `${running}   ${size(bytes)}`;
  const rate = bytes / Math.max(elapsedMs, 1);
  const left = rate > 0 ? `, ${duration((total - bytes) / rate)} left` : "";
  const speed = `${size(Math.round(rate * 1000))}/s`;
  return `${bar(bytes / total, BAR_WIDTH)} ${size(bytes)} of ${size(total)}, ${speed}${bytes < total ? left : ""}`;
}
