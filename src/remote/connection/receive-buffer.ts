import type { Agent, ClientRequestArgs } from "node:http";
import type { Duplex } from "node:stream";
import { copiesBodies } from "./body-copies.ts";

/**
 * What a connection may bring at once. Bodies come in pieces of up to this length, and glibc asks the kernel anew for
 * each piece of 128 KiB and more, which costs more than larger pieces save.
 */
const RECEIVE_BYTES = 120 * 1024;

/**
 * Makes each connection of an agent receive into one buffer, again and again. Node.js would take new memory for every
 * 64 KiB that come, copy the body out of it and leave it to the collector, which is the most of what a large bundle costs.
 * @param agent one that connects directly
 * @param areCopied whether bodies are copied out of the buffer, without which it cannot be used again
 * @returns the same agent
 */
export function receiveIntoBuffers<AnAgent extends Agent>(agent: AnAgent, areCopied = copiesBodies): AnAgent {
  const connect = agent.createConnection.bind(agent);
  const open = async (options: ClientRequestArgs) =>
    (await areCopied()) ? withBuffer((onread) => connect({ ...options, ...onread })) : connect(options);
  agent.createConnection = (options, created) => {
    // An agent takes no socket with an error, and none instead of one.
    open(options).then(
      (socket) => created?.(null, socket as Duplex),
      (error) => created?.(error, undefined as never),
    );
    return undefined;
  };
  return agent;
}

/** How `net` is told to receive into a buffer. */
interface OnRead {
  readonly onread: { readonly buffer: Buffer; readonly callback: (length: number) => boolean };
}

function withBuffer(connect: (onread: OnRead) => Duplex | null | undefined): Duplex | null | undefined {
  const buffer = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
  const callback = (length: number) => {
    const received = buffer.subarray(0, length);
    // The HTTP parser listens, and is done with the bytes when it returns. Else they are kept, as they would have been.
    return socket?.emit("data", received) || socket?.push(Buffer.from(received)) || false;
  };
  const socket = connect({ onread: { buffer, callback } });
  return socket;
}
