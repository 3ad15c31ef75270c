import { type Io, print } from "../terminal/io.ts";
import { styleFor } from "../terminal/style.ts";
import type { EventView } from "./event-view.ts";
import { eventLine, outputLine } from "./render.ts";

/** The view for files, pipes and terminals that cannot move the cursor: one line for each event that has ended. */
export function plainView(io: Io): EventView {
  const style = styleFor(io);
  return {
    began() {},
    progressed() {},
    wrote: (stream, text) => print(io, outputLine(stream, text, style)),
    ended: (event) => print(io, eventLine(event, style)),
    note: (text) => print(io, text),
    close() {},
  };
}

/** The view of a program: nothing before the end. */
export const silentView: EventView = { began() {}, progressed() {}, wrote() {}, ended() {}, note() {}, close() {} };
