/** A configuration that cannot be used. The message names file, line, key, value and what is accepted. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
