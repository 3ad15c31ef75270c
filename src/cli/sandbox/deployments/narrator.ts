import type { DeploymentView, SandboxEvent } from "../../../sandbox/model/deployment.ts";
import type { SandboxIo } from "../io.ts";
import { roomOf } from "../terminal/live-region.ts";
import { styleFor } from "../terminal/style.ts";
import { wrapLine } from "../terminal/wrap.ts";
import { conclusion, headline, type LiveViewOptions, linesOf } from "./live-view.ts";

/** Tells the story of a deployment as it goes on. */
export interface Narrator {
  begin(deployment: DeploymentView): void;
  event(event: SandboxEvent): void;
  end(deployment: DeploymentView): void;
  /** Something beside the story. */
  note(message: string): void;
  /** Called last, also when the end was not seen. */
  close?(): void;
}

/** A line of text for each lifecycle event that ends. */
export function textNarrator(
  io: SandboxIo,
  facts: Omit<LiveViewOptions, "deployment" | "style"> = { ignoreApplicationStopFailures: false },
): Narrator {
  const style = styleFor(io);
  const { columns } = roomOf(io);
  const print = (line: string) => {
    for (const part of wrapLine(line, columns)) io.stdout.write(`${part}\n`);
  };
  const hostStarts = new Map<string, number>();
  let view: LiveViewOptions | undefined;
  return {
    begin: (deployment) => {
      view = { ...facts, hostStarts, deployment, style };
      print(headline(view));
    },
    event: (event) => {
      if (event.type === "host" && event.status === "InProgress") hostStarts.set(event.host, event.at);
      if (view !== undefined) for (const line of linesOf(event, view)) print(line);
    },
    end: (deployment) => print(conclusion(deployment, style)),
    note: (message) => io.stderr.write(`note: ${message}\n`),
  };
}

/** A line of JSON for each event. @param opening type of the first line */
export function jsonNarrator(io: SandboxIo, opening: "created" | "watching"): Narrator {
  const print = (value: object) => io.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    begin: (deployment) => print({ type: opening, deployment }),
    event: print,
    end: (deployment) => print({ type: "ended", deployment }),
    note: (message) => io.stderr.write(`note: ${message}\n`),
  };
}
