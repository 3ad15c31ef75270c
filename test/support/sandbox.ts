import { onTestFinished } from "vitest";
import { SandboxClient } from "../../src/sandbox/client/sandbox-client.ts";
import type { DeploymentView } from "../../src/sandbox/model/deployment.ts";
import type { NewDeployment } from "../../src/sandbox/model/new-deployment.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { packTar, type RevisionFiles, writeRevision } from "./revision.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A sandbox for one test, with the steps that every deployment takes. */
export class TestSandbox {
  readonly url: string;
  readonly caFile: string;
  readonly client: SandboxClient;

  private constructor({ url, caFile, token }: Sandbox) {
    this.url = url;
    this.caFile = caFile;
    this.client = new SandboxClient(url, token);
  }

  /** Starts one on a free port; it is closed when the test has finished. */
  static async start(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
    const sandbox = await startSandbox({ dataDirectory: temporaryDirectory(), redeliverSeconds: 30, ...options });
    onTestFinished(() => sandbox.close());
    return new TestSandbox(sandbox);
  }

  /** Uploads a revision and starts its deployment to hosts of the group `fleet`. */
  async begin(
    revision: RevisionFiles | Buffer,
    hosts: readonly string[],
    changes: Partial<NewDeployment> = {},
  ): Promise<DeploymentView> {
    const body = Buffer.isBuffer(revision) ? revision : await packTar(writeRevision(revision), { gzip: true });
    const { bucket, key, version, eTag } = await this.client.putObject("revisions", "shop.bundle", body);
    await this.client.createGroup({ application: "shop", group: "fleet", hosts });
    return this.client.createDeployment({
      application: "shop",
      group: "fleet",
      revision: { bucket, key, version, eTag, bundleType: "tgz" },
      deploymentConfig: "CodeDeployDefault.AllAtOnce",
      ...changes,
    });
  }

  /** The same, and waits for the end of the deployment. */
  async deploy(...deployment: Parameters<TestSandbox["begin"]>): Promise<DeploymentView> {
    const { deploymentId } = await this.begin(...deployment);
    return this.client.waitForDeployment(deploymentId, { timeoutSeconds: 60 });
  }
}

/** Event name to status of the first host, events without a result left out. */
export function statuses(deployment: DeploymentView): Record<string, string> {
  const events = deployment.hosts[0]?.events ?? [];
  return Object.fromEntries(
    events.filter(({ endedAt }) => endedAt !== undefined).map(({ name, status }) => [name, status]),
  );
}

/** Diagnostics of the first event that failed on the first host. */
export function failure(deployment: DeploymentView) {
  return deployment.hosts[0]?.events.find(({ status }) => status === "Failed")?.diagnostics;
}
