import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "../../config/config-error.ts";
import { errnoOf } from "../../ports/errno.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Variables that name a file; the first two are those of AWS's tools, the last is OpenSSL's. */
const FILE_VARIABLES = ["AWS_CA_BUNDLE", "AWS_SSL_CA_BUNDLE", "SSL_CERT_FILE"] as const;
const DIRECTORY_VARIABLE = "AWS_SSL_CA_DIRECTORY";

/**
 * Certificates of the authorities that TLS connections trust instead of those Node.js brings: the ones in the files that
 * `AWS_CA_BUNDLE`, `AWS_SSL_CA_BUNDLE` and `SSL_CERT_FILE` name and in the files of the directory that
 * `AWS_SSL_CA_DIRECTORY` names. Undefined without these variables.
 * @returns one PEM text for each certificate
 * @throws ConfigError when a variable names something that cannot be read or holds no certificate
 */
export async function trustedAuthorities(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[] | undefined> {
  const directory = environment[DIRECTORY_VARIABLE];
  const found: string[] = [];
  for (const variable of FILE_VARIABLES) {
    const file = environment[variable];
    if (file) found.push(...(await certificates(variable, file, () => readCertificates(file))));
  }
  if (directory) found.push(...(await certificates(DIRECTORY_VARIABLE, directory, () => readDirectory(directory))));
  return found.length === 0 ? undefined : found;
}

async function certificates(
  variable: string,
  path: string,
  read: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  let found: readonly string[];
  try {
    found = await read();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    throw new ConfigError(`${variable} names ${path}, which cannot be read (${errno}). Correct or unset it.`, {
      cause: error,
    });
  }
  if (found.length > 0) return found;
  throw new ConfigError(`${variable} names ${path}, which holds no certificate in PEM form. Correct or unset it.`);
}

async function readCertificates(file: string): Promise<readonly string[]> {
  return (await readFile(file, "utf8")).match(CERTIFICATE) ?? [];
}

/** Such directories hold the same certificates under several names, by links. */
async function readDirectory(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => join(directory, name));
  return (await Promise.all(files.map(readCertificates))).flat();
}
