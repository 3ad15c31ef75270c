import { Readable } from "node:stream";
import type { GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import type { S3Revision } from "../../deployment/revision.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import { type StatedChecksum, statedChecksum } from "./checksum.ts";
import { type S3Fault, toFault } from "./fault.ts";
import { changedWhileRead, otherRegion, refused, retrying, type S3Place, unreachable } from "./messages.ts";

const MAX_ATTEMPTS = 6;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20_000;
const MAX_REDIRECTS = 2;

/** What requests to S3 work with. */
export interface S3Ports {
  /** A client for a region; made once, then kept. */
  readonly client: (region: string) => Promise<S3Client>;
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly fips: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** An answer of S3. */
export interface S3Part {
  readonly body: Readable;
  /** Offset of the body's first byte in the object. */
  readonly start: number;
  /** Length of the body in bytes. */
  readonly size: number | undefined;
  /** Without quotes. */
  readonly eTag: string | undefined;
  /** Of the whole object; S3 states none with a part of it. */
  readonly checksum: StatedChecksum | undefined;
}

/** The rest of an object, if it is still the one with the ETag. */
export interface RestOfObject {
  readonly from: number;
  readonly eTag: string;
}

/** An object in S3, with the region it was found in. */
export class S3Object {
  readonly ports: S3Ports;
  readonly signal: AbortSignal | undefined;
  readonly #revision: S3Revision;
  #region: string;
  #redirects = 0;

  constructor(revision: S3Revision, ports: S3Ports, signal: AbortSignal | undefined) {
    this.#revision = revision;
    this.ports = ports;
    this.signal = signal;
    this.#region = ports.region;
  }

  readonly place = (): S3Place => {
    const { endpoint, fips } = this.ports;
    return { revision: this.#revision, region: this.#region, endpoint, fips };
  };

  /**
   * Asks for the object or the rest of it, in the region it lies in, and again while the failure looks passing.
   * @throws DeploymentError with code, bucket, key, region, status and remedy
   */
  async get(rest?: RestOfObject): Promise<S3Part> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#ask(rest);
      } catch (error) {
        if (this.signal?.aborted) throw error;
        const fault = toFault(error);
        if (this.#follow(fault)) continue;
        if (!fault.passing || attempt >= MAX_ATTEMPTS) throw this.#failure(fault, rest);
        await this.#wait(fault, attempt);
      }
    }
  }

  async #ask(rest: RestOfObject | undefined): Promise<S3Part> {
    const { GetObjectCommand } = await import("@aws-sdk/client-s3");
    const { bucket, key, version } = this.#revision;
    const command = new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      ...(version === undefined ? {} : { VersionId: version }),
      ...(rest === undefined ? {} : { Range: `bytes=${rest.from}-`, IfMatch: `"${rest.eTag}"` }),
    });
    const client = await this.ports.client(this.#region);
    return toPart(await client.send(command, this.signal === undefined ? {} : { abortSignal: this.signal }));
  }

  /** Turns to the region that S3 names. */
  #follow({ region }: S3Fault): boolean {
    if (region === undefined || region === this.#region || this.#redirects >= MAX_REDIRECTS) return false;
    this.ports.log.info(otherRegion(this.place(), region));
    this.#region = region;
    this.#redirects += 1;
    return true;
  }

  #failure(fault: S3Fault, rest: RestOfObject | undefined) {
    if (rest !== undefined && (fault.status === 412 || fault.status === 416)) return changedWhileRead(this.place());
    if (fault.status === undefined && fault.code !== "CredentialsProviderError")
      return unreachable(this.place(), fault);
    return refused(this.place(), fault);
  }

  async #wait(fault: S3Fault, attempt: number): Promise<void> {
    const milliseconds = backOff(attempt, this.ports.clock);
    this.ports.log.warn(retrying(this.place(), fault, milliseconds));
    await this.ports.clock.sleep(milliseconds, this.signal);
  }
}

/** Milliseconds to wait after a number of failures: doubling, with full jitter so that a fleet does not march in step. */
export function backOff(failures: number, clock: Clock): number {
  return Math.round(clock.random() * Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS));
}

function toPart(answer: GetObjectCommandOutput): S3Part {
  const { Body, ContentLength, ContentRange, ETag } = answer;
  if (!(Body instanceof Readable)) throw new Error("the SDK answered without a stream");
  const start = /^bytes (\d+)-/.exec(ContentRange ?? "")?.[1];
  return {
    body: Body,
    start: start === undefined ? 0 : Number(start),
    size: ContentLength,
    eTag: ETag?.replaceAll('"', ""),
    checksum: statedChecksum(answer),
  };
}
