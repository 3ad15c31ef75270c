import { randomUUID } from "node:crypto";
import { hostsOfGroup } from "../coordination/fleet.ts";
import type { GroupView } from "../model/resources.ts";
import { newApplication } from "../store/new-rows.ts";
import { type GroupRow, groupKey } from "../store/rows.ts";
import type { SandboxStore } from "../store/store.ts";
import { checkForm, readForm } from "./context.ts";
import type { Handler, PathParts } from "./handler.ts";
import { GroupBody, HostBody, NameParameter } from "./request-types.ts";

export const listHosts: Handler = async ({ store }) => [...store.hosts.all()];

export const declareHost: Handler = async ({ hosts }, [name], exchange) => {
  const { hostIdentifier, tags } = await readForm(HostBody, exchange);
  return hosts.declare(checkForm(NameParameter, name, "host"), hostIdentifier, tags);
};

export const listGroups: Handler = async ({ store }) => [...store.groups.all()].map((row) => groupView(row, store));

/** Makes a group or changes its hosts; the id of an existing one stays. */
export const putGroup: Handler = async ({ store, hosts, now }, parts, exchange) => {
  const names = groupNames(parts);
  const body = await readForm(GroupBody, exchange);
  const known = store.groups.get(groupKey(names));
  const made = { ...names, groupId: randomUUID(), settings: {}, tags: [], health: {} };
  const row: GroupRow = { ...(known ?? made), hosts: [...new Set(body.hosts)] };
  for (const host of row.hosts) hosts.declare(host);
  store.transaction(() => {
    if (store.applications.get(names.application) === undefined) {
      store.applications.put(names.application, newApplication(names.application, now()));
    }
    store.groups.put(groupKey(names), row);
  });
  return groupView(row, store);
};

export const deleteGroup: Handler = async ({ store }, parts) => {
  store.groups.delete(groupKey(groupNames(parts)));
};

function groupNames([application, group]: PathParts): { application: string; group: string } {
  return {
    application: checkForm(NameParameter, application, "application"),
    group: checkForm(NameParameter, group, "group"),
  };
}

function groupView(row: GroupRow, store: SandboxStore): GroupView {
  const { application, group, groupId } = row;
  return { application, group, groupId, hosts: hostsOfGroup(row, store) };
}
