// smithy-typescript generated code
import type { CommandStatus } from "./enums";

/**
 * @public
 */
export interface GetDeploymentSpecificationInput {
  /**
   * Opaque.
   * @public
   */
  DeploymentExecutionId: string | undefined;

  /**
   * An ARN.
   * @public
   */
  HostIdentifier: string | undefined;
}

/**
 * A deployment specification as it travels.
 * @public
 */
export interface SpecificationEnvelope {
  /**
   * `PKCS7/JSON`.
   * @public
   */
  Format?: string | undefined;

  Payload?: string | undefined;
}

/**
 * What to deploy and how, wrapped so that its integrity can be checked.
 * @public
 */
export interface DeploymentSpecification {
  /**
   * A deployment specification as it travels.
   * @public
   */
  GenericEnvelope?: SpecificationEnvelope | undefined;

  VariantId?: string | undefined;
  /**
   * A deployment specification as it travels.
   * @public
   */
  VariantEnvelope?: SpecificationEnvelope | undefined;
}

/**
 * @public
 */
export interface GetDeploymentSpecificationOutput {
  /**
   * The kind of agent the specification is for: `CodeDeploy`.
   * @public
   */
  DeploymentSystem?: string | undefined;

  /**
   * What to deploy and how, wrapped so that its integrity can be checked.
   * @public
   */
  DeploymentSpecification?: DeploymentSpecification | undefined;
}

/**
 * @public
 */
export interface PollHostCommandInput {
  /**
   * Who asks: the ARN of the EC2 instance, or of the IAM user or session an on-premises host is registered with.
   * @public
   */
  HostIdentifier: string | undefined;
}

/**
 * One unit of work for a host: one lifecycle event of one deployment.
 * @public
 */
export interface HostCommand {
  /**
   * Opaque.
   * @public
   */
  HostCommandIdentifier?: string | undefined;

  /**
   * An ARN.
   * @public
   */
  HostIdentifier?: string | undefined;

  /**
   * Opaque.
   * @public
   */
  DeploymentExecutionId?: string | undefined;

  /**
   * The lifecycle event: `DownloadBundle`, `Install`, `BeforeInstall`, ...
   * @public
   */
  CommandName?: string | undefined;

  Nonce?: number | undefined;
}

/**
 * @public
 */
export interface PollHostCommandOutput {
  /**
   * One unit of work for a host: one lifecycle event of one deployment.
   * @public
   */
  HostCommand?: HostCommand | undefined;
}

/**
 * What an agent says about a command beside its status.
 * @public
 */
export interface DiagnosticsEnvelope {
  /**
   * `JSON`.
   * @public
   */
  Format?: string | undefined;

  Payload?: string | undefined;
}

/**
 * @public
 */
export interface PostHostCommandUpdateInput {
  /**
   * Opaque.
   * @public
   */
  HostCommandIdentifier: string | undefined;

  EstimatedCompletionTime?: Date | undefined;
  /**
   * What an agent says about a command beside its status.
   * @public
   */
  Diagnostics?: DiagnosticsEnvelope | undefined;
}

/**
 * @public
 */
export interface PostHostCommandUpdateOutput {
  /**
   * State of a command as the service sees it.
   * @public
   */
  CommandStatus?: CommandStatus | undefined;
}

/**
 * @public
 */
export interface PutHostCommandAcknowledgementInput {
  /**
   * Opaque.
   * @public
   */
  HostCommandIdentifier: string | undefined;

  /**
   * `\{"IsCommandNoop":true\}` or `\{"IsCommandNoop":false\}`, in the format `JSON`.
   * @public
   */
  Diagnostics?: DiagnosticsEnvelope | undefined;
}

/**
 * @public
 */
export interface PutHostCommandAcknowledgementOutput {
  /**
   * State of a command as the service sees it.
   * @public
   */
  CommandStatus?: CommandStatus | undefined;
}

/**
 * @public
 */
export interface PutHostCommandCompleteInput {
  /**
   * Opaque.
   * @public
   */
  HostCommandIdentifier: string | undefined;

  /**
   * `Succeeded` or `Failed`.
   * @public
   */
  CommandStatus: CommandStatus | undefined;

  /**
   * Error code, script name, message and newest output, in the format `JSON`.
   * @public
   */
  Diagnostics?: DiagnosticsEnvelope | undefined;
}

/**
 * @public
 */
export interface PutHostCommandCompleteOutput {}
