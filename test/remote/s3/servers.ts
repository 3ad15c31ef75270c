import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "s3rver";
import { startSandbox } from "../../../src/sandbox/start-sandbox.ts";

export interface S3Login {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What of S3 a server may have beside plain objects, ETags and ranges. */
export type S3Feature =
  | "versions"
  | "a switch for versions"
  | "multipart uploads"
  | "ETags of parts"
  | "signatures"
  | "rights"
  | "regions";

/** A server that speaks S3. */
export interface S3Server {
  readonly endpoint: string;
  readonly owner: S3Login;
  close(): Promise<void>;
}

/** A kind of server, and what of S3 it has. */
export interface S3ServerKind {
  readonly title: string;
  readonly features: readonly S3Feature[];
  start(): Promise<S3Server>;
}

/** Somebody with a valid key and no rights, where servers know rights. */
export const STRANGER: S3Login = { accessKeyId: "test:stranger", secretAccessKey: "stranger" };

/**
 * The servers to be tested: the one at `CODEDEPLOY_TEST_S3`, which `scripts/test-s3-real` sets and which has all
 * features; without that the two that need nothing installed.
 */
export function serversToTest(): readonly S3ServerKind[] {
  const endpoint = process.env["CODEDEPLOY_TEST_S3"];
  if (endpoint === undefined) return [S3RVER, SANDBOX];
  const owner = { accessKeyId: "test:owner", secretAccessKey: "owner" };
  return [
    {
      title: "OpenStack Swift",
      features: [
        "versions",
        "a switch for versions",
        "multipart uploads",
        "ETags of parts",
        "signatures",
        "rights",
        "regions",
      ],
      start: async () => ({ endpoint, owner, close: async () => {} }),
    },
  ];
}

const S3RVER: S3ServerKind = {
  title: "s3rver",
  features: ["multipart uploads"],
  async start() {
    const directory = newDirectory();
    const server = new S3rver({ port: 0, address: "127.0.0.1", silent: true, directory, configureBuckets: [] });
    const { port } = await server.run();
    return {
      endpoint: `http://127.0.0.1:${port}`,
      owner: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
      async close() {
        await server.close();
        rmSync(directory, { recursive: true });
      },
    };
  },
};

const SANDBOX: S3ServerKind = {
  title: "the sandbox",
  features: ["versions", "multipart uploads", "ETags of parts", "signatures"],
  async start() {
    const dataDirectory = newDirectory();
    const { url, adminKey, close } = await startSandbox({ dataDirectory, checkSignatures: true });
    if (adminKey === undefined) throw new Error("the sandbox has made no key");
    return {
      endpoint: url,
      owner: adminKey,
      async close() {
        await close();
        rmSync(dataDirectory, { recursive: true });
      },
    };
  },
};

function newDirectory(): string {
  return mkdtempSync(join(realpathSync(tmpdir()), "codedeploy-agent-s3-"));
}
