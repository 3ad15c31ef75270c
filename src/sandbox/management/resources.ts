import { readFile } from "node:fs/promises";
import { ACCOUNT, ADMIN_ARN, ADMIN_USER_ID, onPremisesArn, REGION } from "../identifiers.ts";
import { newId } from "../identity/key-ring.ts";
import type { CommandView } from "../model/command.ts";
import type { KeyView, ObjectView, SandboxView } from "../model/resources.ts";
import { parseAddress } from "../s3/address.ts";
import type { CommandRow } from "../store/rows.ts";
import { checkForm } from "./context.ts";
import type { Handler } from "./handler.ts";
import { NameParameter } from "./request-types.ts";

export const describe: Handler = async ({ dataDirectory, caFile }): Promise<SandboxView> => ({
  service: "codedeploy-sandbox",
  region: REGION,
  account: ACCOUNT,
  dataDirectory,
  caFile,
  processId: process.pid,
});

export const caCertificate: Handler = async ({ caFile }, _parts, { response }) => {
  const certificate = await readFile(caFile);
  response.writeHead(200, { "content-type": "application/x-pem-file", "content-length": certificate.length });
  response.end(certificate);
};

/** A key to sign with. */
export const ensureKey: Handler = async ({ keys }, [user]): Promise<KeyView> => {
  const name = checkForm(NameParameter, user, "user");
  const isAdmin = ADMIN_ARN.endsWith(`/${name}`);
  const principal = isAdmin ? ADMIN_ARN : onPremisesArn(name);
  const userId = isAdmin ? ADMIN_USER_ID : newId("AIDA");
  const { accessKeyId, secretAccessKey } = keys.ensure(principal, userId);
  return { principal, accessKeyId, secretAccessKey };
};

/** The journal of host commands, of one host or one deployment when the query says so. */
export const listCommands: Handler = async ({ store }, _parts, { query }) => {
  const host = query.get("host");
  const deployment = query.get("deploymentId");
  return [...store.commands.all()]
    .filter((command) => host === null || command.host === host)
    .filter((command) => deployment === null || command.deploymentId === deployment)
    .map(commandView);
};

/** Writes an object without a signature, making the bucket when there is none. */
export const uploadObject: Handler = async ({ objects }, [bucket = "", key = ""], exchange): Promise<ObjectView> => {
  const address = { ...parseAddress(`/${encodeURIComponent(bucket)}/`), key };
  objects.createBucket(address.bucket);
  const { version, eTag, size } = await objects.put({ ...address, body: exchange.request });
  return { ...address, version, eTag, size };
};

function commandView({ index: _index, phase: _phase, ...view }: CommandRow): CommandView {
  return view;
}
