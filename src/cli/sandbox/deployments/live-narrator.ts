import type { SandboxClient } from "../../../sandbox/client/sandbox-client.ts";
import type { DeploymentView } from "../../../sandbox/model/deployment.ts";
import type { SandboxIo } from "../io.ts";
import { LiveRegion, roomOf } from "../terminal/live-region.ts";
import { styleFor } from "../terminal/style.ts";
import { wrapLine } from "../terminal/wrap.ts";
import { conclusion, failureText, headline } from "./live-view.ts";
import type { Narrator } from "./narrator.ts";
import { watchLines } from "./watch-view.ts";

const REPAINT_MS = 200;

/** A table of the hosts that is painted anew while the deployment goes on; for terminals. */
export function liveNarrator(client: SandboxClient, io: SandboxIo): Narrator {
  const style = styleFor(io);
  const region = new LiveRegion(io);
  let view: DeploymentView | undefined;
  let changed = false;
  let timer: NodeJS.Timeout | undefined;
  let asking = false;

  const paint = () => {
    if (view !== undefined) region.show(watchLines(view, { style, ...roomOf(io), now: Date.now() }));
  };
  const refresh = async ({ deploymentId }: DeploymentView) => {
    asking = true;
    changed = false;
    try {
      view = await client.deployment(deploymentId);
    } catch {
      // Who follows the events finds out what is wrong with the sandbox, and says so.
    } finally {
      asking = false;
    }
  };
  return {
    begin: (deployment) => {
      view = deployment;
      io.stdout.write(`${headline({ deployment, style, ignoreApplicationStopFailures: false })}\n`);
      timer = setInterval(() => {
        if (changed && !asking) void refresh(deployment).then(paint);
        else paint();
      }, REPAINT_MS);
    },
    event: () => {
      changed = true;
    },
    end: (deployment) => {
      view = deployment;
      paint();
      region.keep();
      const lines = [...failureText(deployment, style), conclusion(deployment, style)];
      const { columns } = roomOf(io);
      for (const line of lines.flatMap((one) => wrapLine(one, columns))) io.stdout.write(`${line}\n`);
      view = undefined;
    },
    note: (message) => region.print(`note: ${message}`),
    close: () => {
      clearInterval(timer);
      view = undefined;
      region.keep();
    },
  };
}
