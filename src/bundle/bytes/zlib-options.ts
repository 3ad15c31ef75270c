/** How much zlib, which works in a thread of its own, unpacks ahead while files are written, and in pieces of what length. */
export const UNPACK_OPTIONS = { chunkSize: 256 * 1024, readableHighWaterMark: 1024 * 1024 };
