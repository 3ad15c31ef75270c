import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { command } from "../packaging/build/command.mjs";
import { buildDeb } from "../packaging/build/deb.mjs";
import { billOfMaterials } from "../packaging/build/materials.mjs";
import { buildRpm } from "../packaging/build/rpm.mjs";
import { fetchRuntime } from "../packaging/build/runtime.mjs";
import { buildTarball } from "../packaging/build/tarball.mjs";
import { layOut } from "../packaging/build/tree.mjs";

const ARCHITECTURES = {
  x64: { npm: "x64", deb: "amd64", rpm: "x86_64" },
  arm64: { npm: "arm64", deb: "arm64", rpm: "aarch64" },
};
/** Words for dpkg-deb, rpmbuild and gzip. */
const COMPRESSION = {
  small: { deb: ["-Zxz", "-z4", "--threads-max=2"], rpm: "w2T2.xzdio", gzip: "-6" },
  quick: { deb: ["-Zzstd", "-z1"], rpm: "w1.zstdio", gzip: "-1" },
};
const FORMATS = { deb: buildDeb, rpm: buildRpm, tar: buildTarball };
const COMPLETIONS = {
  bash: () => "usr/share/bash-completion/completions/codedeploy-agent",
  // Only Debian's zsh looks into vendor-completions, and packages of Debian leave site-functions to the host.
  zsh: (format) => `usr/share/zsh/${format === "deb" ? "vendor-completions" : "site-functions"}/_codedeploy-agent`,
  fish: () => "usr/share/fish/vendor_completions.d/codedeploy-agent.fish",
};

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const { values } = parseArgs({
  options: {
    arch: { type: "string", default: process.arch },
    formats: { type: "string", default: "deb,rpm,tar" },
    out: { type: "string", default: join(root, "packages") },
    version: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});

try {
  await main();
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
}

async function main() {
  const arch = ARCHITECTURES[values.arch];
  const formats = values.formats.split(",");
  if (arch === undefined) throw new Error(`--arch ${values.arch} is none of ${Object.keys(ARCHITECTURES).join(", ")}`);
  const unknown = formats.find((format) => !(format in FORMATS));
  if (unknown !== undefined) throw new Error(`--formats ${unknown} is none of ${Object.keys(FORMATS).join(", ")}`);
  const out = resolve(values.out);
  mkdirSync(out, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), "codedeploy-package-"));
  const epoch = sourceDate();
  try {
    const built = await Promise.allSettled(formats.map((format) => build(format, { arch, out, work, epoch })));
    const failed = built.find(({ status }) => status === "rejected");
    if (failed !== undefined) throw failed.reason;
    cpSync(join(root, "scripts/install"), join(out, "install"));
    writeChecksums(out);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function build(format, { arch, out, work, epoch }) {
  const version = values.version ?? JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
  const pinned = JSON.parse(readFileSync(join(root, "packaging/runtime.json"), "utf8"));
  const runtime = fetchRuntime(root, {
    name: arch.npm,
    version: pinned.version,
    integrity: pinned.integrity[arch.npm],
  });
  const bundle = JSON.parse(readFileSync(join(root, "dist/.bundle.json"), "utf8"));
  const tree = join(work, format);
  layOut(tree, {
    ...{ root, version, files: bundle.files, runtime, man: manualPages(work), completions: completions(format) },
    unitDirectory: format === "deb" ? "lib/systemd/system" : "usr/lib/systemd/system",
    materials: billOfMaterials({
      ...{ root, version, packages: bundle.packages, runtimeVersion: pinned.version, epoch, runtime },
    }),
  });
  const environment = { ...process.env, SOURCE_DATE_EPOCH: String(epoch), LC_ALL: "C" };
  const name = await FORMATS[format](tree, {
    ...{ root, work, out, version, arch, epoch, environment },
    maintainer: maintainer(process.env),
    compression: COMPRESSION[values.quick ? "quick" : "small"],
  });
  process.stdout.write(`${join(out, name)}  ${(statSync(join(out, name)).size / 1e6).toFixed(1)} MB\n`);
}

/** Who answers for the packages: whoever builds them for others says so as Debian's tools are told. */
function maintainer({ DEBFULLNAME, DEBEMAIL }) {
  const { name, email } = JSON.parse(readFileSync(join(root, "packaging/maintainer.json"), "utf8"));
  return `${DEBFULLNAME ?? name} <${DEBEMAIL ?? email}>`;
}

/** Seconds since 1970 that every file bears: the commit's time, so that two builds of it are the same. */
function sourceDate() {
  const given = process.env.SOURCE_DATE_EPOCH;
  return Number(given ?? command("git", ["-C", root, "log", "-1", "--format=%ct"]).trim());
}

function completions(format) {
  const program = join(root, "dist/codedeploy-agent.js");
  return Object.fromEntries(
    Object.entries(COMPLETIONS).map(([shell, path]) => [
      path(format),
      command(process.execPath, [program, "completion", shell]),
    ]),
  );
}

function manualPages(work) {
  const directory = join(work, "man");
  if (!existsSync(directory)) command(process.execPath, [join(root, "scripts/generate-man.mjs"), directory]);
  const pages = readdirSync(directory).filter((name) => /\.[1-8]$/.test(name));
  return Object.fromEntries(
    pages.map((name) => [`man${name.at(-1)}/${name}`, readFileSync(join(directory, name), "utf8")]),
  );
}

function writeChecksums(out) {
  const files = readdirSync(out)
    .filter((name) => name !== "SHA256SUMS")
    .sort();
  const sum = (name) =>
    createHash("sha256")
      .update(readFileSync(join(out, name)))
      .digest("hex");
  writeFileSync(join(out, "SHA256SUMS"), files.map((name) => `${sum(name)}  ${name}\n`).join(""));
}
