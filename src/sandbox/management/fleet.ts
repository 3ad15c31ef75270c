import { randomUUID } from "node:crypto";
import { groupKey } from "../coordinator.ts";
import type { GroupView } from "../model.ts";
import type { GroupRow } from "../store/store.ts";
import { checkForm, readForm } from "./context.ts";
import type { Handler, PathParts } from "./handler.ts";
import { GroupBody, HostBody, NameParameter } from "./request-types.ts";

export const listHosts: Handler = async ({ store }) => [...store.hosts.all()];

export const declareHost: Handler = async ({ hosts }, [name], exchange) => {
  const { hostIdentifier } = await readForm(HostBody, exchange);
  return hosts.declare(checkForm(NameParameter, name, "host"), hostIdentifier);
};

export const listGroups: Handler = async ({ store }) => [...store.groups.all()].map(groupView);

/** Makes a group or changes its hosts; the id of an existing one stays. */
export const putGroup: Handler = async ({ store, hosts }, parts, exchange) => {
  const names = groupNames(parts);
  const body = await readForm(GroupBody, exchange);
  const known = store.groups.get(groupKey(names));
  const row: GroupRow = {
    ...names,
    groupId: known?.groupId ?? randomUUID(),
    health: known?.health ?? {},
    hosts: [...new Set(body.hosts)],
  };
  for (const host of row.hosts) hosts.declare(host);
  store.groups.put(groupKey(names), row);
  return groupView(row);
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

function groupView({ application, group, groupId, hosts }: GroupRow): GroupView {
  return { application, group, groupId, hosts };
}
