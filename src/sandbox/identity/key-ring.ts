import { randomBytes, randomInt } from "node:crypto";

/** A key of the sandbox, and whom it stands for. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** ARN of the user or of the session. */
  readonly principal: string;
  /** `AIDA...`, or `AROA...:<session>`. */
  readonly userId: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Temporary keys only. */
  readonly sessionToken?: string;
  readonly expiresAt?: number;
}

/** Where keys are kept. */
export interface KeyStore {
  load(): readonly AccessKey[];
  save(keys: readonly AccessKey[]): void;
}

export interface NewKey {
  readonly principal: string;
  readonly userId: string;
  /** Makes a temporary key with a session token. */
  readonly seconds?: number;
}

const ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The keys that requests may be signed with. */
export class KeyRing {
  readonly #keys: Map<string, AccessKey>;
  readonly #store: KeyStore;
  readonly #now: () => number;

  constructor(store: KeyStore, now: () => number) {
    this.#store = store;
    this.#now = now;
    this.#keys = new Map(store.load().map((key) => [key.accessKeyId, key]));
  }

  find(accessKeyId: string): AccessKey | undefined {
    return this.#keys.get(accessKeyId);
  }

  /** The lasting keys of a principal, oldest first. */
  of(principal: string): readonly AccessKey[] {
    return [...this.#keys.values()].filter((key) => key.principal === principal && key.expiresAt === undefined);
  }

  /** Makes a key. */
  create({ principal, userId, seconds }: NewKey): AccessKey {
    const createdAt = this.#now();
    const key: AccessKey = {
      accessKeyId: newId(seconds === undefined ? "AKIA" : "ASIA"),
      secretAccessKey: randomBytes(30).toString("base64"),
      principal,
      userId,
      createdAt,
      ...(seconds === undefined
        ? {}
        : { sessionToken: randomBytes(96).toString("base64"), expiresAt: createdAt + seconds * 1000 }),
    };
    this.#keys.set(key.accessKeyId, key);
    this.#save();
    return key;
  }

  /** The first lasting key of a principal, which is made when there is none. */
  ensure(principal: string, userId: string): AccessKey {
    return this.of(principal)[0] ?? this.create({ principal, userId });
  }

  /** Removes a key; false when there is none. */
  remove(accessKeyId: string): boolean {
    const existed = this.#keys.delete(accessKeyId);
    if (existed) this.#save();
    return existed;
  }

  /** Keys that have expired long ago are forgotten; an expired one is told from an unknown one for a day. */
  #save(): void {
    const dayAgo = this.#now() - 86_400_000;
    for (const [id, { expiresAt }] of this.#keys)
      if (expiresAt !== undefined && expiresAt < dayAgo) this.#keys.delete(id);
    this.#store.save([...this.#keys.values()]);
  }
}

/** An id as IAM gives them: four letters that tell the kind, and sixteen more. */
export function newId(prefix: string): string {
  return prefix + Array.from({ length: 16 }, () => ID_ALPHABET.charAt(randomInt(ID_ALPHABET.length))).join("");
}
