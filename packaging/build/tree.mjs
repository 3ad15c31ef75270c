import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

const HOME = "opt/codedeploy-agent";
const DOC = "usr/share/doc/codedeploy-agent";
const PROGRAMS = ["codedeploy-agent", "codedeploy-local"];

/** Lays out what every package installs, as it lies on the host. */
export function layOut(tree, { root, version, files, runtime, materials, man, completions, unitDirectory }) {
  const put = (path, content, mode = 0o644) => {
    const file = join(tree, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    writeFileSync(file, content);
    chmodSync(file, mode);
  };
  const copy = (from, path, mode) => put(path, readFileSync(join(root, from)), mode);

  for (const file of files)
    put(file.replace(/^dist/, `${HOME}/lib`), withoutInterpreter(readFileSync(join(root, file))));
  put(`${HOME}/runtime/node`, readFileSync(join(runtime, "node")), 0o755);
  // The program keeps compiled code there; the scripts of the packages empty it.
  mkdirSync(join(tree, `${HOME}/lib/compile-cache`));
  put(`${HOME}/lib/package.json`, '{ "type": "module" }\n');
  put(`${HOME}/.version`, `agent_version: ${version}\n`, 0o444);
  mkdirSync(join(tree, "usr/bin"), { recursive: true });
  for (const program of PROGRAMS) {
    copy(`packaging/program/${program}`, `${HOME}/bin/${program}`, 0o755);
    symlinkSync(`/${HOME}/bin/${program}`, join(tree, "usr/bin", program));
  }
  for (const program of ["run-service", "hold-program", "end-service"])
    copy(`packaging/program/${program}`, `${HOME}/libexec/${program}`, 0o755);
  copy("packaging/program/shield", `${HOME}/libexec/shield`);
  copy("packaging/conf/codedeployagent.yml", "etc/codedeploy-agent/conf/codedeployagent.yml");
  copy("packaging/appspec.schema.json", "usr/share/codedeploy-agent/appspec.schema.json");
  for (const unit of readdirSync(join(root, "packaging/systemd")))
    if (/\.(service|timer)$/.test(unit)) copy(`packaging/systemd/${unit}`, `${unitDirectory}/${unit}`);
  copy("packaging/systemd/another-user.conf", `${DOC}/examples/another-user.conf`);
  copy("LICENSE", `${DOC}/LICENSE`);
  put(`${DOC}/CHANGELOG.md.gz`, gzipSync(readFileSync(join(root, "CHANGELOG.md")), { level: 9 }));
  for (const [name, content] of Object.entries(materials)) put(`${DOC}/${name}`, content);
  for (const [name, content] of Object.entries(man)) put(`usr/share/man/${name}.gz`, gzipSync(content, { level: 9 }));
  for (const [path, content] of Object.entries(completions)) put(path, content);
  normaliseModes(tree);
}

/** The launchers say what runs them; a first line that names a Node.js of the host would mislead. */
function withoutInterpreter(program) {
  return program.subarray(program.subarray(0, 2).toString() === "#!" ? program.indexOf("\n") + 1 : 0);
}

/** Modes must not depend on the umask of whoever builds. */
function normaliseModes(tree) {
  for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
  }
  chmodSync(tree, 0o755);
}
