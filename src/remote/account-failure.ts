import { AccountError } from "../registration/account.ts";

/** Makes a call to AWS. @throws AccountError that names the action, what AWS said and what to do */
export async function asked<T>(action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new AccountError(`${action}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Name of an error of the AWS SDK; "" for what is none. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /^CredentialsProviderError$/,
    "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, of somebody who may do this.",
  ],
  [/^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/, "The credentials used need the right to it."],
  [/^(ExpiredToken|ExpiredTokenException)$/, "Get new credentials."],
  [
    /^(InvalidClientTokenId|UnrecognizedClientException|InvalidSignatureException|SignatureDoesNotMatch)$/,
    "Check the credentials, and the clock of this host.",
  ],
  [/^LimitExceeded/, "A user can have two access keys; delete one that is not used."],
  [/^IamArnRequiredException$/, "Give the ARN of a user or of a session."],
  [
    /^(IamUserArnAlreadyRegisteredException|IamSessionArnAlreadyRegisteredException)$/,
    "Another instance uses this identity; each host needs its own.",
  ],
  [/^TimeoutError$|^E(CONNREFUSED|NOTFOUND|AI_AGAIN|CONNRESET)/, "Check the network, the proxy and the region."],
];

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const remedy = REMEDIES.find(([pattern]) => pattern.test(code) || pattern.test(error.name))?.[1];
  const said = error.message === "" ? code : error.message.replace(/\.?$/, ".");
  return [said, ...(remedy === undefined ? [] : [remedy])].join(" ");
}
