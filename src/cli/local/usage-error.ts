/** Something an operator asked `codedeploy-local` for that it cannot do; one sentence. */
export class LocalUsageError extends Error {
  override readonly name = "LocalUsageError";
}
