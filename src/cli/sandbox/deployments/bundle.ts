import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Readable } from "node:stream";
import { create } from "tar";
import { errnoOf } from "../errno.ts";
import { CliFailure, EXIT } from "../io.ts";
import type { BundleType } from "./bundle-types.ts";

/** A revision that can be uploaded. */
export interface Bundle {
  /** Name of the object, ending as the type demands. */
  readonly name: string;
  readonly type: BundleType;
  /** What the agent is going to stumble over, as far as it can be seen from here. */
  readonly warning?: string;
  /** The content; to be called once. */
  readonly open: () => Readable;
}

/** Magic bytes by type; the one of tar lies behind the first file name. */
const MAGIC = [
  { type: "zip", offset: 0, bytes: Buffer.from("PK") },
  { type: "tgz", offset: 0, bytes: Buffer.from([0x1f, 0x8b]) },
  { type: "tar", offset: 257, bytes: Buffer.from("ustar") },
] as const;

/** Makes a bundle of a directory (packed while it is read) or of an archive (sent as it is). */
export async function bundleOf(
  source: string,
  options: { readonly type: BundleType | undefined; readonly appSpec: string | undefined },
): Promise<Bundle> {
  const path = resolve(source);
  const status = await stat(path).catch((error: unknown) => {
    if (errnoOf(error) === undefined) throw error;
    throw new CliFailure(`Cannot read the source ${path} (${errnoOf(error)}).`, { cause: error });
  });
  return status.isDirectory() ? directoryBundle(path, options) : archiveBundle(path, options.type);
}

async function directoryBundle(
  path: string,
  { type = "tgz", appSpec }: { readonly type: BundleType | undefined; readonly appSpec: string | undefined },
): Promise<Bundle> {
  if (type === "zip") {
    throw new CliFailure(
      `A directory is packed as tgz or tar. Zip ${path} yourself and give the archive as --source.`,
      {
        exitStatus: EXIT.usage,
      },
    );
  }
  const names = (await readdir(path)).sort();
  if (names.length === 0) throw new CliFailure(`The directory ${path} is empty; there is nothing to deploy.`);
  const wanted = appSpec === undefined ? ["appspec.yml", "appspec.yaml"] : [appSpec];
  const hasAppSpec = appSpec?.includes("/") || wanted.some((name) => names.includes(name));
  // "./" keeps tar from taking a name that begins with @ for an archive to be added.
  const entries = names.map((name) => `./${name}`);
  return {
    name: `${basename(path)}.${type}`,
    type,
    ...(hasAppSpec ? {} : { warning: `${path} has no ${wanted.join(" or ")}; the agent will refuse the revision.` }),
    open: () => Readable.from(create({ cwd: path, gzip: type === "tgz", portable: true }, entries)),
  };
}

async function archiveBundle(path: string, given: BundleType | undefined): Promise<Bundle> {
  const type = given ?? (await recognise(path));
  if (type !== undefined) return { name: basename(path), type, open: () => createReadStream(path) };
  throw new CliFailure(
    `${path} is neither a directory nor a tar, tgz or zip archive; give --bundle-type if it is one.`,
  );
}

async function recognise(path: string): Promise<BundleType | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    const begin = buffer.subarray(0, bytesRead);
    return MAGIC.find(({ offset, bytes }) => begin.subarray(offset, offset + bytes.length).equals(bytes))?.type;
  } finally {
    await file.close();
  }
}
