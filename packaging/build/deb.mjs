import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { longCommand } from "./command.mjs";

/** An epoch: our versions follow AWS's, which start at 1, though their numbers are smaller. */
const EPOCH = "1";

/** Builds a deb of a tree, which is changed for it. Resolves with the file's name */
export async function buildDeb(tree, { root, out, version, arch, epoch, environment, compression, maintainer }) {
  const changelog = join(tree, "usr/share/doc/codedeploy-agent/changelog.gz");
  writeFileSync(changelog, gzipSync(changelogEntry({ version, epoch, maintainer }), { level: 9 }));
  chmodSync(changelog, 0o644);
  const control = join(tree, "DEBIAN");
  const sums = checksums(tree);
  const size = Math.ceil(sizeOf(tree) / 1024);
  mkdirSync(control);
  const put = (name, content, mode = 0o644) => {
    writeFileSync(join(control, name), content);
    chmodSync(join(control, name), mode);
  };
  put("control", controlFile({ version, arch, size, maintainer }));
  put("conffiles", "/etc/codedeploy-agent/conf/codedeployagent.yml\n");
  put("md5sums", sums);
  for (const script of ["preinst", "postinst", "prerm", "postrm"])
    put(script, readFileSync(join(root, "packaging/deb", script)), 0o755);
  chmodSync(control, 0o755);
  const name = `codedeploy-agent_${version}_${arch.deb}.deb`;
  await longCommand("dpkg-deb", ["--root-owner-group", ...compression.deb, "--build", tree, join(out, name)], {
    env: environment,
  });
  return name;
}

function controlFile({ version, arch, size, maintainer }) {
  return `Package: codedeploy-agent
Version: ${EPOCH}:${version}
Architecture: ${arch.deb}
Maintainer: ${maintainer}
Installed-Size: ${size}
Depends: libc6 (>= 2.28), libstdc++6 (>= 8), libgcc-s1 | libgcc1, systemd
Recommends: ca-certificates
Suggests: acl
Section: admin
Priority: optional
Description: agent that carries out AWS CodeDeploy deployments on this host
 It polls AWS CodeDeploy, fetches revisions from S3 or GitHub, installs their
 files as a whole or not at all, and runs the scripts of their AppSpec file.
 .
 It takes the place of AWS's own agent, versions 1 and 2, and keeps its
 configuration and its state.
`;
}

/** As Debian's tools read it. @param epoch seconds since 1970 */
function changelogEntry({ version, epoch, maintainer }) {
  const date = new Date(epoch * 1000).toUTCString().replace("GMT", "+0000");
  return `codedeploy-agent (${EPOCH}:${version}) stable; urgency=medium

  * What has changed is in CHANGELOG.md.gz.

 -- ${maintainer}  ${date}
`;
}

function filesOf(tree) {
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function checksums(tree) {
  const line = (file) =>
    `${createHash("md5").update(readFileSync(file)).digest("hex")}  ${file.slice(tree.length + 1)}\n`;
  return filesOf(tree).map(line).join("");
}

function sizeOf(tree) {
  return filesOf(tree).reduce((sum, file) => sum + statSync(file).size, 0);
}
