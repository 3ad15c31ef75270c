// smithy-typescript generated code
import { createAggregatedClient } from "@smithy/smithy-client";
import type { HttpHandlerOptions as __HttpHandlerOptions } from "@smithy/types";

import { CodeDeployCommandsSecureClient } from "./CodeDeployCommandsSecureClient";
import {
  type GetDeploymentSpecificationCommandInput,
  type GetDeploymentSpecificationCommandOutput,
  GetDeploymentSpecificationCommand,
} from "./commands/GetDeploymentSpecificationCommand";
import {
  type PollHostCommandCommandInput,
  type PollHostCommandCommandOutput,
  PollHostCommandCommand,
} from "./commands/PollHostCommandCommand";
import {
  type PostHostCommandUpdateCommandInput,
  type PostHostCommandUpdateCommandOutput,
  PostHostCommandUpdateCommand,
} from "./commands/PostHostCommandUpdateCommand";
import {
  type PutHostCommandAcknowledgementCommandInput,
  type PutHostCommandAcknowledgementCommandOutput,
  PutHostCommandAcknowledgementCommand,
} from "./commands/PutHostCommandAcknowledgementCommand";
import {
  type PutHostCommandCompleteCommandInput,
  type PutHostCommandCompleteCommandOutput,
  PutHostCommandCompleteCommand,
} from "./commands/PutHostCommandCompleteCommand";

const commands = {
  GetDeploymentSpecificationCommand,
  PollHostCommandCommand,
  PostHostCommandUpdateCommand,
  PutHostCommandAcknowledgementCommand,
  PutHostCommandCompleteCommand,
};

export interface CodeDeployCommandsSecure {
  /**
   * @see {@link GetDeploymentSpecificationCommand}
   */
  getDeploymentSpecification(
    args: GetDeploymentSpecificationCommandInput,
    options?: __HttpHandlerOptions
  ): Promise<GetDeploymentSpecificationCommandOutput>;
  getDeploymentSpecification(
    args: GetDeploymentSpecificationCommandInput,
    cb: (err: any, data?: GetDeploymentSpecificationCommandOutput) => void
  ): void;
  getDeploymentSpecification(
    args: GetDeploymentSpecificationCommandInput,
    options: __HttpHandlerOptions,
    cb: (err: any, data?: GetDeploymentSpecificationCommandOutput) => void
  ): void;

  /**
   * @see {@link PollHostCommandCommand}
   */
  pollHostCommand(
    args: PollHostCommandCommandInput,
    options?: __HttpHandlerOptions
  ): Promise<PollHostCommandCommandOutput>;
  pollHostCommand(
    args: PollHostCommandCommandInput,
    cb: (err: any, data?: PollHostCommandCommandOutput) => void
  ): void;
  pollHostCommand(
    args: PollHostCommandCommandInput,
    options: __HttpHandlerOptions,
    cb: (err: any, data?: PollHostCommandCommandOutput) => void
  ): void;

  /**
   * @see {@link PostHostCommandUpdateCommand}
   */
  postHostCommandUpdate(
    args: PostHostCommandUpdateCommandInput,
    options?: __HttpHandlerOptions
  ): Promise<PostHostCommandUpdateCommandOutput>;
  postHostCommandUpdate(
    args: PostHostCommandUpdateCommandInput,
    cb: (err: any, data?: PostHostCommandUpdateCommandOutput) => void
  ): void;
  postHostCommandUpdate(
    args: PostHostCommandUpdateCommandInput,
    options: __HttpHandlerOptions,
    cb: (err: any, data?: PostHostCommandUpdateCommandOutput) => void
  ): void;

  /**
   * @see {@link PutHostCommandAcknowledgementCommand}
   */
  putHostCommandAcknowledgement(
    args: PutHostCommandAcknowledgementCommandInput,
    options?: __HttpHandlerOptions
  ): Promise<PutHostCommandAcknowledgementCommandOutput>;
  putHostCommandAcknowledgement(
    args: PutHostCommandAcknowledgementCommandInput,
    cb: (err: any, data?: PutHostCommandAcknowledgementCommandOutput) => void
  ): void;
  putHostCommandAcknowledgement(
    args: PutHostCommandAcknowledgementCommandInput,
    options: __HttpHandlerOptions,
    cb: (err: any, data?: PutHostCommandAcknowledgementCommandOutput) => void
  ): void;

  /**
   * @see {@link PutHostCommandCompleteCommand}
   */
  putHostCommandComplete(
    args: PutHostCommandCompleteCommandInput,
    options?: __HttpHandlerOptions
  ): Promise<PutHostCommandCompleteCommandOutput>;
  putHostCommandComplete(
    args: PutHostCommandCompleteCommandInput,
    cb: (err: any, data?: PutHostCommandCompleteCommandOutput) => void
  ): void;
  putHostCommandComplete(
    args: PutHostCommandCompleteCommandInput,
    options: __HttpHandlerOptions,
    cb: (err: any, data?: PutHostCommandCompleteCommandOutput) => void
  ): void;
}

/**
 * The same operations for hosts whose IAM policy is checked for each of them, and for hosts that come through a VPC
 * endpoint.
 * @public
 */
export class CodeDeployCommandsSecure extends CodeDeployCommandsSecureClient implements CodeDeployCommandsSecure {}
createAggregatedClient(commands, CodeDeployCommandsSecure);
