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
import type { PollHostCommandInput, PollHostCommandOutput } from "../models/models_0";
import { PollHostCommand$ } from "../schemas/schemas_0";

/**
 * @public
 */
export type { __MetadataBearer };
export { $Command };
/**
 * @public
 *
 * The input for {@link PollHostCommandCommand}.
 */
export interface PollHostCommandCommandInput extends PollHostCommandInput {}
/**
 * @public
 *
 * The output of {@link PollHostCommandCommand}.
 */
export interface PollHostCommandCommandOutput extends PollHostCommandOutput, __MetadataBearer {}

/**
 * Asks for the next command for a host. An answer without a command means that there is nothing to do.
 * @example
 * Use a bare-bones client and the command you need to make an API call.
 * ```javascript
 * import { CodeDeployCommandsSecureClient, PollHostCommandCommand } from "@aws-sdk/client-codedeploy-commands-secure"; // ES Modules import
 * // const { CodeDeployCommandsSecureClient, PollHostCommandCommand } = require("@aws-sdk/client-codedeploy-commands-secure"); // CommonJS import
 * // import type { CodeDeployCommandsSecureClientConfig } from "@aws-sdk/client-codedeploy-commands-secure";
 * const config = {}; // type is CodeDeployCommandsSecureClientConfig
 * const client = new CodeDeployCommandsSecureClient(config);
 * const input = { // PollHostCommandInput
 *   HostIdentifier: "STRING_VALUE", // required
 * };
 * const command = new PollHostCommandCommand(input);
 * const response = await client.send(command);
 * // { // PollHostCommandOutput
 * //   HostCommand: { // HostCommand
 * //     HostCommandIdentifier: "STRING_VALUE",
 * //     HostIdentifier: "STRING_VALUE",
 * //     DeploymentExecutionId: "STRING_VALUE",
 * //     CommandName: "STRING_VALUE",
 * //     Nonce: Number("long"),
 * //   },
 * // };
 *
 * ```
 *
 * @param PollHostCommandCommandInput - {@link PollHostCommandCommandInput}
 * @returns {@link PollHostCommandCommandOutput}
 * @see {@link PollHostCommandCommandInput} for command's `input` shape.
 * @see {@link PollHostCommandCommandOutput} for command's `response` shape.
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
export class PollHostCommandCommand extends $Command
  .classBuilder<
    PollHostCommandCommandInput,
    PollHostCommandCommandOutput,
    CodeDeployCommandsSecureClientResolvedConfig,
    ServiceInputTypes,
    ServiceOutputTypes
  >()
  .ep(commonParams)
  .m(function (this: any, Command: any, cs: any, config: CodeDeployCommandsSecureClientResolvedConfig, o: any) {
    return [getEndpointPlugin(config, Command.getEndpointParameterInstructions())];
  })
  .s("CodeDeployCommandService", "PollHostCommand", {})
  .n("CodeDeployCommandsSecureClient", "PollHostCommandCommand")
  .sc(PollHostCommand$)
  .build() {
  /** @internal type navigation helper, not in runtime. */
  protected declare static __types: {
    api: {
      input: PollHostCommandInput;
      output: PollHostCommandOutput;
    };
    sdk: {
      input: PollHostCommandCommandInput;
      output: PollHostCommandCommandOutput;
    };
  };
}
