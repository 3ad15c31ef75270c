import { register } from "../api/instances/registration.ts";
import { findRegistered, instanceByName } from "../api/lookup.ts";
import { checkTags } from "../api/tag-rules.ts";
import { ServiceFault } from "../http/service-fault.ts";
import type { MetadataView } from "../model/host.ts";
import { checkForm, readForm } from "./context.ts";
import type { Handler } from "./handler.ts";
import { InstanceBody, MetadataBody, NameParameter } from "./request-types.ts";

/** Starts the metadata service of an EC2 host, or changes how it behaves. */
export const openMetadata: Handler = async ({ hosts, metadata }, [part], exchange): Promise<MetadataView> => {
  const name = checkForm(NameParameter, part, "host");
  const settings = await readForm(MetadataBody, exchange);
  if (!name.startsWith("i-") || hosts.get(name) === undefined) {
    const message = `There is no EC2 host ${name}; declare one whose name begins with i- first.`;
    throw new ServiceFault(404, "HostDoesNotExist", message);
  }
  return metadata.open(name, settings);
};

/** Makes an on-premises instance what it is to be: registered, with these tags and no others. */
export const registerInstance: Handler = async ({ store, hosts, now }, [name], exchange) => {
  const instanceName = checkForm(NameParameter, name, "instance");
  const { iamUserArn, tags } = await readForm(InstanceBody, exchange);
  const known = instanceByName(store, instanceName);
  const isThere = known?.deregisteredAt === undefined && known?.iamUserArn === iamUserArn;
  store.transaction(() => {
    if (!isThere) register({ store, hosts, now }, { instanceName, iamUserArn });
    const row = findRegistered(store, instanceName);
    store.instances.put(row.instanceArn, { ...row, tags: tags.length === 0 ? [] : checkTags(tags, "InvalidTag") });
  });
};
