// smithy-typescript generated code
/**
 * @public
 * @enum
 */
export const CommandStatus = {
  FAILED: "Failed",
  IN_PROGRESS: "InProgress",
  PENDING: "Pending",
  SUCCEEDED: "Succeeded",
} as const;
/**
 * @public
 */
export type CommandStatus = (typeof CommandStatus)[keyof typeof CommandStatus];
