/**
 * Frees the memory of bytes that nobody needs any more, if they fill all of it: the collector would come for hundreds of
 * megabytes of them late, and then again and again. Whoever still had them would find them gone.
 */
export function letGo({ buffer, byteLength }: Uint8Array): void {
  if (byteLength !== buffer.byteLength) return;
  // Node.js has it since version 22.
  const { transfer } = buffer as { transfer?: (length: number) => ArrayBuffer };
  transfer?.call(buffer, 0);
}
