import { join } from "node:path";
import { longCommand } from "./command.mjs";

/** Packs a tree as it lies below the root directory of a host. Resolves with the file's name */
export async function buildTarball(tree, { out, version, arch, epoch, environment, compression }) {
  const name = `codedeploy-agent-${version}-linux-${arch.rpm}.tar.gz`;
  const owner = ["--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
  const file = join(out, name.replace(/\.gz$/, ""));
  await longCommand("tar", ["--sort=name", `--mtime=@${epoch}`, ...owner, "-C", tree, "-cf", file, "."], {
    env: environment,
  });
  await longCommand("gzip", ["-n", "-f", compression.gzip, file], { env: environment });
  return name;
}
