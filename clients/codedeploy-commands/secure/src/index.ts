// smithy-typescript generated code
/* eslint-disable */
/**
 * The same operations for hosts whose IAM policy is checked for each of them, and for hosts that come through a VPC
 * endpoint.
 *
 * @packageDocumentation
 */
export * from "./CodeDeployCommandsSecureClient";
export * from "./CodeDeployCommandsSecure";
export type { ClientInputEndpointParameters } from "./endpoint/EndpointParameters";
export type { RuntimeExtension } from "./runtimeExtensions";
export type { CodeDeployCommandsSecureExtensionConfiguration } from "./extensionConfiguration";
export * from "./commands";
export * from "./schemas/schemas_0";

export * from "./models/enums";
export * from "./models/errors";
export * from "./models/models_0";

export { CodeDeployCommandsSecureServiceException } from "./models/CodeDeployCommandsSecureServiceException";
