import { SandboxUnreachable } from "../../../sandbox/client/http-json.ts";
import type { SandboxClient } from "../../../sandbox/client/sandbox-client.ts";
import type { DeploymentView } from "../../../sandbox/model/deployment.ts";
import type { HostView } from "../../../sandbox/model/host.ts";
import type { SandboxIo } from "../io.ts";
import { isLive, LiveRegion, roomOf } from "../terminal/live-region.ts";
import { count, duration } from "../terminal/quantities.ts";
import { styleFor } from "../terminal/style.ts";
import type { AgentState } from "./agent-process.ts";
import type { Member } from "./fleet.ts";
import type { FleetHost } from "./fleet-plan.ts";
import { fleetLines } from "./fleet-view.ts";
import { joinLines } from "./join-text.ts";

/** Tells what a fleet does: a table on a terminal, otherwise a line of text or of JSON for each thing that happens. */
export interface FleetReport {
  agent(host: FleetHost, state: AgentState): void;
  started(members: readonly Member[]): void;
  /** Asks the sandbox how its hosts are, and shows it. Resolves with whether all agents have polled. */
  look(members: readonly Member[]): Promise<boolean>;
  stopping(members: readonly Member[]): void;
  stopped(members: readonly Member[]): void;
}

interface Subject {
  readonly client: SandboxClient;
  readonly options: { readonly name: string; readonly json: boolean };
  readonly io: SandboxIo;
}

/** How many of the newest deployments are looked at for what hosts do. */
const NEWEST_DEPLOYMENTS = 20;

export function fleetReport({ client, options: { name, json }, io }: Subject): FleetReport {
  const style = styleFor(io);
  const region = !json && isLive(io) ? new LiveRegion(io) : undefined;
  const polling = new Set<string>();
  let facts: { readonly hosts: readonly HostView[]; readonly deployments: readonly DeploymentView[] } = {
    hosts: [],
    deployments: [],
  };
  let silentSince: number | undefined;
  let startedAt = 0;
  let announced = false;

  const say = (line: string, event: object) => {
    if (json) io.stdout.write(`${JSON.stringify(event)}\n`);
    else if (region === undefined) io.stdout.write(`${line}\n`);
  };
  const show = (members: readonly Member[], stopping: boolean) => {
    if (region === undefined) return;
    const picture = {
      ...{ name, url: client.url, ...facts, stopping, now: Date.now() },
      members: members.map(({ host, agent }) => ({ host, agent: agent.state })),
      ...(silentSince === undefined ? {} : { silentSince }),
    };
    region.show(fleetLines(picture, { style, ...roomOf(io) }));
  };
  const heard = (members: readonly Member[]) => {
    for (const { host } of members) {
      const lastSeenAt = facts.hosts.find((candidate) => candidate.name === host.name)?.lastSeenAt ?? 0;
      if (polling.has(host.name) || lastSeenAt < startedAt) continue;
      polling.add(host.name);
      say(`${host.label} polls`, { type: "polling", host: host.name });
    }
    if (announced || polling.size < members.length) return;
    announced = true;
    say(`All ${count(members.length, "agent")} poll. Stop with Ctrl-C.`, { type: "ready" });
  };
  return {
    agent: (host, state) => {
      const { kind: type, ...rest } = state;
      const event = { type, host: host.name, ...rest };
      if (state.kind !== "ended") return say(`${host.label} started (process ${processOf(state)})`, event);
      polling.delete(host.name);
      const again = duration(Math.max(0, state.restartAt - Date.now()));
      return say(`${host.label} ended: ${state.how}; it is started again in ${again}`, event);
    },
    started: (members) => {
      startedAt = Date.now() - LATELY_MS;
      const hosts = members.map(({ host, configured, agent: { state } }) => ({
        ...{ label: host.label, tags: host.tags, processId: processOf(state) },
        ...configured,
      }));
      if (json) say("", { type: "fleet", name, url: client.url, hosts });
      else io.stdout.write(`${joinLines(client.url, members).join("\n")}\n\n`);
    },
    look: async (members) => {
      try {
        const [hosts, deployments] = await Promise.all([client.hosts(), client.deployments(NEWEST_DEPLOYMENTS)]);
        facts = { hosts, deployments };
        if (silentSince !== undefined) say("The sandbox answers again.", { type: "sandbox", answers: true });
        silentSince = undefined;
        heard(members);
      } catch (error) {
        if (!(error instanceof SandboxUnreachable)) throw error;
        if (silentSince === undefined) {
          say(`${error.message} The agents go on trying.`, { type: "sandbox", answers: false });
        }
        silentSince ??= Date.now();
      }
      show(members, false);
      return announced;
    },
    stopping: (members) => {
      show(members, true);
      say(`Stopping ${count(members.filter(({ agent }) => agent.isRunning).length, "agent")}.`, { type: "stopping" });
    },
    stopped: (members) => {
      region?.clear();
      if (json) return say("", { type: "stopped" });
      io.stdout.write(`Stopped; the files of the ${count(members.length, "host")} stay.\n`);
    },
  };
}

/** An agent may poll before the fleet has heard that it was started. */
const LATELY_MS = 60_000;

function processOf(state: AgentState): number | undefined {
  return state.kind === "running" ? state.processId : undefined;
}
