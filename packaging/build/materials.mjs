import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What is in the packages, and under which licences: an SBOM in CycloneDX's format, and the texts of the licences. */
export function billOfMaterials({ root, version, packages, runtimeVersion, epoch, runtime }) {
  const bundled = packages.map((path) => npmPackage(root, path));
  const sbom = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      timestamp: new Date(epoch * 1000).toISOString(),
      component: { ...component("codedeploy-agent", version, "Apache-2.0"), type: "application" },
    },
    components: [
      {
        ...component("node", runtimeVersion, "MIT"),
        type: "platform",
        description: "Node.js runtime, stripped; its licence names the libraries in it",
      },
      ...bundled.map(({ name, version: of, license }) => ({ ...component(name, of, license), scope: "required" })),
    ],
  };
  const nodeLicence = readFileSync(join(runtime, "LICENSE"), "utf8");
  return {
    "sbom.cdx.json": `${JSON.stringify(sbom, null, 1)}\n`,
    "THIRD-PARTY-LICENSES": [
      section(`Node.js ${runtimeVersion}`, nodeLicence),
      ...bundled.map(({ name, version: of, text, license }) => section(`${name} ${of} (${license})`, text)),
    ].join("\n"),
    copyright: [
      "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
      "Upstream-Name: codedeploy-agent\n",
      `Files: *\nCopyright: ${new Date(epoch * 1000).getUTCFullYear()} codedeploy-agent contributors\nLicense: Apache-2.0`,
      " On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n",
      "Files: opt/codedeploy-agent/runtime/*\nCopyright: Node.js contributors\nLicense: MIT-and-others",
      " See /usr/share/doc/codedeploy-agent/THIRD-PARTY-LICENSES, which also has the licences\n of all npm packages in opt/codedeploy-agent/lib.\n",
    ].join("\n"),
  };
}

function component(name, version, license) {
  const known = /^[\w.-]+$/.test(license) ? { license: { id: license } } : { expression: license };
  return {
    type: "library",
    "bom-ref": `${name}@${version}`,
    name,
    version,
    licenses: [known],
    purl: `pkg:${name === "node" ? "generic" : "npm"}/${name.replace("@", "%40")}@${version}`,
  };
}

/** @throws Error when a package does not say under which licence it is */
function npmPackage(root, path) {
  const directory = join(root, path);
  const { name, version, license } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  const known = typeof license === "string" ? license : undefined;
  if (known === undefined) throw new Error(`${path}/package.json names no licence; it cannot be shipped.`);
  const files = readdirSync(directory).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const text = files.sort().map((file) => readFileSync(join(directory, file), "utf8"));
  return { name, version, license: known, text: text.join("\n") || `Under ${known}; the package holds no text of it.` };
}

function section(title, text) {
  return `${"=".repeat(78)}\n${title}\n${"=".repeat(78)}\n${text.trim()}\n`;
}
