/**
 * Frees the memory of bytes that nobody needs any more, if they fill all of it: the collector would come for hundreds of
 * megabytes of them late, and then again and again. Whoever still had them would find them gone.
 */
export function letGo({ buffer, byteLength }: Uint8Array): void {
  if (byteLength === 0 || byteLength !== buffer.byteLength) return;
  if (!(buffer instanceof ArrayBuffer)) return;
  if ("transfer" in buffer) (buffer as ArrayBuffer & Transferable22).transfer(0);
  // Node.js 20 frees nothing then, but nobody comes to rely on bytes that he has let go of.
  else structuredClone(buffer, { transfer: [buffer] });
}

/** Node.js has it since version 22. */
interface Transferable22 {
  transfer(length: number): ArrayBuffer;
}
