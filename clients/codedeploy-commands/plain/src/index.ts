// smithy-typescript generated code
/* eslint-disable */
/**
 * The work of a host: fetch a command, fetch its deployment specification, acknowledge it, report its end.
 * The name of the shape is the prefix of `X-Amz-Target`, so it carries the version.
 *
 * @packageDocumentation
 */
export * from "./CodeDeployCommandsClient";
export * from "./CodeDeployCommands";
export type { ClientInputEndpointParameters } from "./endpoint/EndpointParameters";
export type { RuntimeExtension } from "./runtimeExtensions";
export type { CodeDeployCommandsExtensionConfiguration } from "./extensionConfiguration";
export * from "./commands";
export * from "./schemas/schemas_0";

export * from "./models/enums";
export * from "./models/errors";
export * from "./models/models_0";

export { CodeDeployCommandsServiceException } from "./models/CodeDeployCommandsServiceException";
