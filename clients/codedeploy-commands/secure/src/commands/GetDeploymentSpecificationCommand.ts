// smithy-typescript generated code
import { getEndpointPlugin } from "@smithy/middleware-endpoint";
import { Command as $Command } from "@smithy/smithy-client";
import type { MetadataBearer as __MetadataBearer } from "@smithy/types";

import type {
  CodeDeployCommandsSecureClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from "../CodeDeployCommandsSecureClient";
import { commonParams } from "../endpoint/EndpointParameters";
import type { GetDeploymentSpecificationInput, GetDeploymentSpecificationOutput } from "../models/models_0";
import { GetDeploymentSpecification$ } from "../schemas/schemas_0";

/**
 * @public
 */
export type { __MetadataBearer };
export { $Command };
/**
 * @public
 *
 * The input for {@link GetDeploymentSpecificationCommand}.
 */
export interface GetDeploymentSpecificationCommandInput extends GetDeploymentSpecificationInput {}
/**
 * @public
 *
 * The output of {@link GetDeploymentSpecificationCommand}.
 */
export interface GetDeploymentSpecificationCommandOutput extends GetDeploymentSpecificationOutput, __MetadataBearer {}

/**
 * Fetches the specification of the deployment that a command belongs to.
 * @example
 * Use a bare-bones client and the command you need to make an API call.
 * ```javascript
 * import { CodeDeployCommandsSecureClient, GetDeploymentSpecificationCommand } from "@aws-sdk/client-codedeploy-commands-secure"; // ES Modules import
 * // const { CodeDeployCommandsSecureClient, GetDeploymentSpecificationCommand } = require("@aws-sdk/client-codedeploy-commands-secure"); // CommonJS import
 * // import type { CodeDeployCommandsSecureClientConfig } from "@aws-sdk/client-codedeploy-commands-secure";
 * const config = {}; // type is CodeDeployCommandsSecureClientConfig
 * const client = new CodeDeployCommandsSecureClient(config);
 * const input = { // GetDeploymentSpecificationInput
 *   DeploymentExecutionId: "STRING_VALUE", // required
 *   HostIdentifier: "STRING_VALUE", // required
 * };
 * const command = new GetDeploymentSpecificationCommand(input);
 * const response = await client.send(command);
 * // { // GetDeploymentSpecificationOutput
 * //   DeploymentSystem: "STRING_VALUE",
 * //   DeploymentSpecification: { // DeploymentSpecification
 * //     GenericEnvelope: { // SpecificationEnvelope
 * //       Format: "STRING_VALUE",
 * //       Payload: "STRING_VALUE",
 * //     },
 * //     VariantId: "STRING_VALUE",
 * //     VariantEnvelope: {
 * //       Format: "STRING_VALUE",
 * //       Payload: "STRING_VALUE",
 * //     },
 * //   },
 * // };
 *
 * ```
 *
 * @param GetDeploymentSpecificationCommandInput - {@link GetDeploymentSpecificationCommandInput}
 * @returns {@link GetDeploymentSpecificationCommandOutput}
 * @see {@link GetDeploymentSpecificationCommandInput} for command's `input` shape.
 * @see {@link GetDeploymentSpecificationCommandOutput} for command's `response` shape.
 * @see {@link CodeDeployCommandsSecureClientResolvedConfig | config} for CodeDeployCommandsSecureClient's `config` shape.
 *
 * @throws {@link ClientException} (client fault)
 *  The caller is at fault: the command is unknown, a member is wrong.
 *
 * @throws {@link ServerException} (server fault)
 *  The service is at fault; the same call may succeed later.
 *
 * @throws {@link CodeDeployCommandsSecureServiceException}
 * <p>Base exception class for all service exceptions from CodeDeployCommandsSecure service.</p>
 *
 *
 * @public
 */
export class GetDeploymentSpecificationCommand extends $Command
  .classBuilder<
    GetDeploymentSpecificationCommandInput,
    GetDeploymentSpecificationCommandOutput,
    CodeDeployCommandsSecureClientResolvedConfig,
    ServiceInputTypes,
    ServiceOutputTypes
  >()
  .ep(commonParams)
  .m(function (this: any, Command: any, cs: any, config: CodeDeployCommandsSecureClientResolvedConfig, o: any) {
    return [getEndpointPlugin(config, Command.getEndpointParameterInstructions())];
  })
  .s("CodeDeployCommandService", "GetDeploymentSpecification", {})
  .n("CodeDeployCommandsSecureClient", "GetDeploymentSpecificationCommand")
  .sc(GetDeploymentSpecification$)
  .build() {
  /** @internal type navigation helper, not in runtime. */
  protected declare static __types: {
    api: {
      input: GetDeploymentSpecificationInput;
      output: GetDeploymentSpecificationOutput;
    };
    sdk: {
      input: GetDeploymentSpecificationCommandInput;
      output: GetDeploymentSpecificationCommandOutput;
    };
  };
}
