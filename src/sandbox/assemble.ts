import { join } from "node:path";
import { CommandDesk } from "./commands/command-desk.ts";
import { commandServices } from "./commands/command-service.ts";
import { WaitingRoom } from "./commands/waiting-room.ts";
import { Coordinator } from "./coordinator.ts";
import { HostRegister } from "./hosts.ts";
import type { Route } from "./http/front-door.ts";
import { serveJson } from "./http/json-service.ts";
import { newDeploymentId } from "./identifiers.ts";
import { deploymentTopic } from "./management/context.ts";
import { MANAGEMENT_PREFIX, serveManagement } from "./management/management-service.ts";
import { ObjectStore } from "./s3/object-store.ts";
import { serveS3 } from "./s3/s3-service.ts";
import type { Authority } from "./specification/authority.ts";
import { envelopes } from "./specification/envelopes.ts";
import { memoryStore } from "./store/memory-store.ts";

export interface AssemblyOptions {
  readonly dataDirectory: string;
  readonly authority: Authority;
  readonly longPollSeconds: number;
  readonly redeliverSeconds: number;
}

/** A sandbox without its listener. */
export interface Assembly {
  /** Its ways in, in the order in which they are tried. */
  readonly routes: readonly Route[];
  /** Removes what is of no use any more when the sandbox has stopped. */
  close(): Promise<void>;
}

/** The content of objects, in the data directory; the name is one that nothing else there has. */
const OBJECTS_DIRECTORY = "codedeploy-sandbox-objects";

/** Builds the parts of a sandbox. */
export async function assemble(options: AssemblyOptions): Promise<Assembly> {
  const { dataDirectory, authority, longPollSeconds, redeliverSeconds } = options;
  const now = () => Date.now();
  const store = memoryStore();
  const hosts = new HostRegister(store.hosts);
  const waitingRoom = new WaitingRoom();
  const objects = await ObjectStore.open(join(dataDirectory, OBJECTS_DIRECTORY));
  const desk = new CommandDesk({ commands: store.commands, redeliverSeconds, now });
  const coordinator = new Coordinator({
    store,
    now,
    newDeploymentId,
    onCommand: (command) => {
      desk.add(command);
      waitingRoom.wake(command.host);
    },
    onChange: (deploymentId) => waitingRoom.wake(deploymentTopic(deploymentId)),
  });
  const envelope = envelopes(store.deployments, authority);
  const services = commandServices({ desk, hosts, coordinator, waitingRoom, longPollSeconds, now, envelope });
  const management = { store, hosts, coordinator, objects, waitingRoom, dataDirectory, caFile: authority.caFile };
  const routes: readonly Route[] = [
    {
      takes: ({ path }) => path.startsWith(MANAGEMENT_PREFIX),
      serve: (exchange) => serveManagement(management, exchange),
    },
    {
      takes: ({ method, path, request }) =>
        method === "POST" && path === "/" && request.headers["x-amz-target"] !== undefined,
      serve: (exchange) => serveJson(services, exchange),
    },
    { takes: () => true, serve: (exchange) => serveS3(objects, exchange) },
  ];
  return { routes, close: () => objects.close() };
}
