import { join } from "node:path";
import { codeDeployService } from "./api/service.ts";
import { CommandDesk } from "./commands/command-desk.ts";
import { commandServices } from "./commands/command-service.ts";
import { WaitingRoom } from "./commands/waiting-room.ts";
import { Coordinator } from "./coordination/coordinator.ts";
import { FaultDesk } from "./faults/fault-desk.ts";
import { faultGate } from "./faults/fault-gate.ts";
import type { KnownOperations } from "./faults/new-fault.ts";
import { HostRegister } from "./hosts.ts";
import type { Route } from "./http/front-door.ts";
import { type JsonService, serveJson } from "./http/json-service.ts";
import { type QueryServices, serveQuery } from "./http/query-service.ts";
import { commandIds, newDeploymentId } from "./identifiers.ts";
import { anyKey, ownKeys } from "./identity/authenticator.ts";
import { isHostPrincipal } from "./identity/host-principal.ts";
import { iamActions } from "./identity/iam.ts";
import { keyFile } from "./identity/key-file.ts";
import { KeyRing } from "./identity/key-ring.ts";
import { stsActions } from "./identity/sts.ts";
import { deploymentTopic } from "./management/context.ts";
import { MANAGEMENT_PREFIX, serveManagement } from "./management/management-service.ts";
import { MetadataListeners } from "./metadata/metadata-listeners.ts";
import { scaled, TIME_LIMITS } from "./orchestration/time-limits.ts";
import { MultipartUploads } from "./s3/multipart.ts";
import { ObjectStore } from "./s3/object-store.ts";
import { S3_OPERATIONS, serveS3 } from "./s3/s3-service.ts";
import type { Authority } from "./specification/authority.ts";
import { envelopes } from "./specification/envelopes.ts";
import { memoryStore } from "./store/memory-store.ts";
import { sqliteStore } from "./store/sqlite-store.ts";

export interface AssemblyOptions {
  readonly dataDirectory: string;
  readonly authority: Authority;
  /** What the management API wants to be shown. */
  readonly token: string;
  readonly longPollSeconds: number;
  readonly redeliverSeconds: number;
  readonly timeScale: number;
  readonly checkSignatures: boolean;
  readonly keepState: boolean;
  readonly keptHosts: number;
}

/** A sandbox without its listener. */
export interface Assembly {
  /** Its ways in, in the order in which they are tried. */
  readonly routes: readonly Route[];
  readonly keys: KeyRing;
  /** Removes what is of no use any more when the sandbox has stopped. */
  close(): Promise<void>;
}

/** The content of objects, in the data directory; the name is one that nothing else there has. */
const OBJECTS_DIRECTORY = "codedeploy-sandbox-objects";
const KEY_FILE = "keys.json";
const STATE_FILE = "state.db";

/** Builds the parts of a sandbox. */
export async function assemble(options: AssemblyOptions): Promise<Assembly> {
  const { dataDirectory, authority, longPollSeconds, redeliverSeconds, timeScale } = options;
  const now = () => Date.now();
  const store = options.keepState ? await sqliteStore(join(dataDirectory, STATE_FILE)) : memoryStore();
  const hosts = new HostRegister(store.hosts);
  const waitingRoom = new WaitingRoom();
  const keys = new KeyRing(keyFile(join(dataDirectory, KEY_FILE)), now);
  const authenticate = options.checkSignatures ? ownKeys(keys, now) : anyKey;
  const objects = await ObjectStore.open({
    directory: join(dataDirectory, OBJECTS_DIRECTORY),
    tables: store,
    keep: options.keepState,
  });
  const desk = new CommandDesk({ commands: store.commands, redeliverSeconds, now });
  const faults = new FaultDesk(now);
  const meetFaults = faultGate({ faults, hosts, desk, keys });
  const s3 = { store: objects, uploads: new MultipartUploads(objects), authenticate, meetFaults };
  const sealed = envelopes(store.deployments, authority);
  const coordinator = new Coordinator({
    store,
    keptHosts: options.keptHosts,
    now,
    newDeploymentId,
    limits: scaled(TIME_LIMITS, timeScale),
    onCommand: (command) => {
      desk.add(command);
      waitingRoom.wake(command.host);
    },
    onWithdrawal: (command) => desk.withdraw(command),
    onForgotten: ({ deploymentId, state }) => {
      sealed.forget(deploymentId);
      for (const id of commandIds(deploymentId, state.targets)) desk.forget(id);
    },
    onChange: (deploymentId) => waitingRoom.wake(deploymentTopic(deploymentId)),
  });
  const services = new Map([
    ...commandServices({
      store,
      desk,
      faults,
      hosts,
      coordinator,
      waitingRoom,
      longPollSeconds,
      now,
      envelope: sealed.of,
    }),
    ...codeDeployService({ store, hosts, coordinator, now, timeScale }),
  ]);
  const isHost = (principal: string) => isHostPrincipal(principal, { hosts, instances: store.instances });
  const queryServices = {
    sts: stsActions({ keys, isHost }),
    iam: iamActions({ users: store.users, keys, isHost, now }),
  };
  const metadata = new MetadataListeners({ hosts, keys, now, meetFaults });
  const management = {
    store,
    hosts,
    coordinator,
    objects,
    faults,
    operations: operationNames(services, queryServices),
    waitingRoom,
    dataDirectory,
    caFile: authority.caFile,
    token: options.token,
    keys,
    metadata,
    now,
  };
  const routes: readonly Route[] = [
    {
      localOnly: true,
      takes: ({ path }) => path.startsWith(MANAGEMENT_PREFIX),
      serve: (exchange) => serveManagement(management, exchange),
    },
    {
      takes: ({ method, path, request }) =>
        method === "POST" && path === "/" && request.headers["x-amz-target"] !== undefined,
      serve: (exchange) => serveJson({ services, authenticate, meetFaults }, exchange),
    },
    {
      takes: ({ method, path, request }) =>
        method === "POST" && path === "/" && isForm(request.headers["content-type"]),
      serve: (exchange) => serveQuery({ services: queryServices, authenticate, meetFaults }, exchange),
    },
    { takes: () => true, serve: (exchange) => serveS3(s3, exchange) },
  ];
  const close = async () => {
    coordinator.close();
    await metadata.close();
    await objects.close();
    store.close();
  };
  coordinator.resume();
  await metadata.resume(store.hosts.all());
  return { routes, keys, close };
}

function operationNames(services: ReadonlyMap<string, JsonService>, { sts, iam }: QueryServices): KnownOperations {
  const ofService = (wanted: JsonService["faultService"]) => [
    ...new Set(
      [...services.values()].flatMap(({ faultService, operations }) =>
        faultService === wanted ? Object.keys(operations) : [],
      ),
    ),
  ];
  return {
    commands: ofService("commands"),
    codedeploy: ofService("codedeploy"),
    s3: S3_OPERATIONS,
    sts: Object.keys(sts),
    iam: Object.keys(iam),
  };
}

function isForm(contentType: string | undefined): boolean {
  return contentType?.startsWith("application/x-www-form-urlencoded") ?? false;
}
