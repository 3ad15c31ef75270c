import type { Config } from "../config/schema.ts";
import type { InstanceMetadataOptions } from "../remote/identity/instance-metadata.ts";

/** How configuration and environment want the metadata service to be asked. */
export function metadataOptions(
  config: Pick<Config, "disable_imds_v1">,
  environment: NodeJS.ProcessEnv,
): InstanceMetadataOptions {
  return {
    disableV1: config.disable_imds_v1,
    endpoint: environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"],
    disabled: environment["AWS_EC2_METADATA_DISABLED"]?.toLowerCase() === "true",
  };
}
