const SWITCH = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

/**
 * Makes a client of the AWS SDK without the warning about Node's age that the first client prints to stderr. The
 * variable is the SDK's own switch; it goes away again at once, since hook scripts inherit the environment.
 */
export function withoutVersionWarning<T>(make: () => T): T {
  const before = process.env[SWITCH];
  process.env[SWITCH] = "true";
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[SWITCH];
    else process.env[SWITCH] = before;
  }
}
