import type { Agent, ClientRequestArgs } from "node:http";
import type { Socket } from "node:net";
import { copiesBodies } from "./body-copies.ts";

/** What TLS delivers at once, at most. */
const RECORD_BYTES = 16 * 1024;
/**
 * What is handed on at once, at most. Bodies come in pieces of up to this length, and unless it is told otherwise glibc
 * asks the kernel anew for each piece of 128 KiB and more, which costs more than larger pieces save.
 */
const RECEIVE_BYTES = 7 * RECORD_BYTES;

/**
 * Makes each connection of an agent receive into one buffer, again and again. Node.js would take new memory for every
 * 64 KiB that come, or 16 with TLS, copy the body out of it and leave it to the collector, which is the most of what a
 * large bundle costs.
 * @param agent one that connects directly
 * @param areCopied whether bodies are copied out of the buffer, without which it cannot be used again
 * @returns the same agent
 */
export function receiveIntoBuffers<AnAgent extends Agent>(agent: AnAgent, areCopied = copiesBodies): AnAgent {
  const connect = agent.createConnection.bind(agent) as (options: ClientRequestArgs) => Socket;
  const open = async (options: ClientRequestArgs) =>
    (await areCopied()) ? withBuffer((onread) => connect({ ...options, ...onread })) : connect(options);
  agent.createConnection = (options, created) => {
    open(options).then(
      (socket) => created?.(null, socket),
      // An agent takes no socket with an error.
      (error) => created?.(error, undefined as never),
    );
    return undefined;
  };
  return agent;
}

/** How `net` and `tls` are told to receive into memory that is given to them; `buffer` is asked before each time. */
interface OnRead {
  readonly onread: { readonly buffer: () => Buffer; readonly callback: (length: number) => boolean };
}

function withBuffer(connect: (onread: OnRead) => Socket): Socket {
  const buffer = new ReceiveBuffer((bytes) => {
    // The HTTP parser listens, and is done with the bytes when it returns. Else they are kept, as they would have been.
    return socket.emit("data", bytes) || (!socket.readableEnded && socket.push(Buffer.from(bytes)));
  });
  const onread = { buffer: () => buffer.room, callback: (length: number) => buffer.add(length) };
  const socket = connect({ onread });
  // Before the parser is told of it; after a reset it comes together with the last bytes.
  socket.prependListener("end", () => buffer.handOn());
  socket.on("close", () => buffer.drop());
  return socket;
}

/** Memory that is filled from its start on, and handed on when it is full or when the event loop has come round. */
class ReceiveBuffer {
  readonly #take: (bytes: Buffer) => boolean;
  readonly #memory = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
  /** What lies between them has not been handed on. */
  #start = 0;
  #end = 0;
  #due: NodeJS.Immediate | undefined;
  #isWanted = true;

  /** @param take is given what has come, to be dealt with before it returns; answers whether more is wanted */
  constructor(take: (bytes: Buffer) => boolean) {
    this.#take = take;
  }

  /** Where the next bytes are to be put; room for a record of TLS at least. */
  get room(): Buffer {
    return this.#memory.subarray(this.#end);
  }

  /** So many bytes have been put into the room that was last asked for. @returns whether more is wanted */
  add(length: number): boolean {
    this.#end += length;
    if (RECEIVE_BYTES - this.#end < RECORD_BYTES) {
      this.handOn();
      this.drop();
    } else this.#due ??= setImmediate(() => this.handOn());
    return this.#isWanted;
  }

  /** Hands on what has come. */
  handOn(): void {
    clearImmediate(this.#due);
    this.#due = undefined;
    const bytes = this.#memory.subarray(this.#start, this.#end);
    this.#start = this.#end;
    if (bytes.length > 0) this.#isWanted = this.#take(bytes);
  }

  /** Forgets what has come. */
  drop(): void {
    clearImmediate(this.#due);
    this.#due = undefined;
    this.#start = 0;
    this.#end = 0;
  }
}
