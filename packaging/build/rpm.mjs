import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { longCommand } from "./command.mjs";

/** Builds an rpm of a tree. Resolves with the file's name */
export async function buildRpm(tree, { root, work, out, version, arch, epoch, environment, compression, maintainer }) {
  const spec = join(work, "codedeploy-agent.spec");
  const text = readFileSync(join(root, "packaging/rpm/codedeploy-agent.spec"), "utf8");
  const values = { VERSION: version, TREE: tree, MAINTAINER: maintainer, DATE: changelogDate(epoch) };
  writeFileSync(
    spec,
    text.replace(/@([A-Z]+)@/g, (_, name) => values[name]),
  );
  const define = (line) => ["--define", line];
  await longCommand(
    "rpmbuild",
    [
      ...["-bb", "--quiet", "--target", `${arch.rpm}-linux`],
      ...define(`_topdir ${join(work, "rpmbuild")}`),
      ...define("_buildhost reproducible"),
      ...define("use_source_date_epoch_as_buildtime 1"),
      ...define("clamp_mtime_to_source_date_epoch 1"),
      ...define("_build_id_links none"),
      ...define(`_binary_payload ${compression.rpm}`),
      ...define("__os_install_post %{nil}"),
      ...define("debug_package %{nil}"),
      spec,
    ],
    { env: environment },
  );
  const name = `codedeploy-agent-${version}-1.${arch.rpm}.rpm`;
  renameSync(join(work, "rpmbuild/RPMS", arch.rpm, name), join(out, name));
  return name;
}

/** As in `Wed Nov 25 2026`. @param epoch seconds since 1970 */
function changelogDate(epoch) {
  const [day, date, month, year] = new Date(epoch * 1000).toUTCString().split(/,? /);
  return `${day} ${month} ${date} ${year}`;
}
