import type { ProgressReport } from "../../bundle/progress.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Io } from "../terminal/io.ts";
import { bar, LiveLine } from "../terminal/live-line.ts";
import { duration, size } from "../terminal/quantities.ts";
import { styleFor } from "../terminal/style.ts";
import type { EventView } from "./event-view.ts";
import { eventHead, eventLine, outputLine } from "./render.ts";

const REDRAW_MS = 100;

/** How far something has come, and when it was first told of. */
interface TimedProgress {
  readonly report: ProgressReport;
  readonly since: number;
}

/** The view on a terminal: the last line tells what is under way, for how long, and how far a download has come. */
export function liveView(io: Io, clock: Clock): EventView {
  const line = new LiveLine(io);
  const style = styleFor(io);
  let current: { readonly event: string; readonly since: number } | undefined;
  let progress: TimedProgress | undefined;
  const redraw = () => {
    if (current === undefined) return;
    line.show(`${eventHead(current.event)}${runningText(current.since, progress, clock.monotonic())}`);
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
      // A download is followed by the unpacking of what was fetched, which has a pace of its own.
      const since = progress?.report.what === report.what ? progress.since : clock.monotonic();
      progress = { report, since };
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

function runningText(since: number, progress: TimedProgress | undefined, now: number): string {
  const running = `running ${duration(now - since).padStart(9)}`;
  if (progress === undefined) return running;
  const { bytes, size: total } = progress.report;
  if (total === undefined || total === 0) return `${running}   ${size(bytes)}`;
  const rate = bytes / Math.max(now - progress.since, 1);
  const left = rate > 0 ? `, ${duration((total - bytes) / rate)} left` : "";
  const speed = `${size(Math.round(rate * 1000))}/s`;
  return `${bar(bytes / total, BAR_WIDTH)} ${size(bytes)} of ${size(total)}, ${speed}${bytes < total ? left : ""}`;
}
