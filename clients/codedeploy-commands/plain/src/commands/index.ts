// smithy-typescript generated code
export * from "./GetDeploymentSpecificationCommand";
export * from "./PollHostCommandCommand";
export * from "./PostHostCommandUpdateCommand";
export * from "./PutHostCommandAcknowledgementCommand";
export * from "./PutHostCommandCompleteCommand";
