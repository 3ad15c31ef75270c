/** The sandbox cannot start, for a reason the operator can remove; the message is a sentence or two. */
export class SandboxStartError extends Error {
  override readonly name = "SandboxStartError";
}
