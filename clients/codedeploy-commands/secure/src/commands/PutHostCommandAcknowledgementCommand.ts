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
import type { PutHostCommandAcknowledgementInput, PutHostCommandAcknowledgementOutput } from "../models/models_0";
import { PutHostCommandAcknowledgement$ } from "../schemas/schemas_0";

/**
 * @public
 */
export type { __MetadataBearer };
export { $Command };
/**
 * @public
 *
 * The input for {@link PutHostCommandAcknowledgementCommand}.
 */
export interface PutHostCommandAcknowledgementCommandInput extends PutHostCommandAcknowledgementInput {}
/**
 * @public
 *
 * The output of {@link PutHostCommandAcknowledgementCommand}.
 */
export interface PutHostCommandAcknowledgementCommandOutput extends PutHostCommandAcknowledgementOutput, __MetadataBearer {}

/**
 * Says that a command was received. The status in the answer tells whether it is still to be carried out.
 * @example
 * Use a bare-bones client and the command you need to make an API call.
 * ```javascript
 * import { CodeDeployCommandsSecureClient, PutHostCommandAcknowledgementCommand } from "@aws-sdk/client-codedeploy-commands-secure"; // ES Modules import
 * // const { CodeDeployCommandsSecureClient, PutHostCommandAcknowledgementCommand } = require("@aws-sdk/client-codedeploy-commands-secure"); // CommonJS import
 * // import type { CodeDeployCommandsSecureClientConfig } from "@aws-sdk/client-codedeploy-commands-secure";
 * const config = {}; // type is CodeDeployCommandsSecureClientConfig
 * const client = new CodeDeployCommandsSecureClient(config);
 * const input = { // PutHostCommandAcknowledgementInput
 *   HostCommandIdentifier: "STRING_VALUE", // required
 *   Diagnostics: { // DiagnosticsEnvelope
 *     Format: "STRING_VALUE",
 *     Payload: "STRING_VALUE",
 *   },
 * };
 * const command = new PutHostCommandAcknowledgementCommand(input);
 * const response = await client.send(command);
 * // { // PutHostCommandAcknowledgementOutput
 * //   CommandStatus: "Pending" || "InProgress" || "Succeeded" || "Failed",
 * // };
 *
 * ```
 *
 * @param PutHostCommandAcknowledgementCommandInput - {@link PutHostCommandAcknowledgementCommandInput}
 * @returns {@link PutHostCommandAcknowledgementCommandOutput}
 * @see {@link PutHostCommandAcknowledgementCommandInput} for command's `input` shape.
 * @see {@link PutHostCommandAcknowledgementCommandOutput} for command's `response` shape.
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
export class PutHostCommandAcknowledgementCommand extends $Command
  .classBuilder<
    PutHostCommandAcknowledgementCommandInput,
    PutHostCommandAcknowledgementCommandOutput,
    CodeDeployCommandsSecureClientResolvedConfig,
    ServiceInputTypes,
    ServiceOutputTypes
  >()
  .ep(commonParams)
  .m(function (this: any, Command: any, cs: any, config: CodeDeployCommandsSecureClientResolvedConfig, o: any) {
    return [getEndpointPlugin(config, Command.getEndpointParameterInstructions())];
  })
  .s("CodeDeployCommandService", "PutHostCommandAcknowledgement", {})
  .n("CodeDeployCommandsSecureClient", "PutHostCommandAcknowledgementCommand")
  .sc(PutHostCommandAcknowledgement$)
  .build() {
  /** @internal type navigation helper, not in runtime. */
  protected declare static __types: {
    api: {
      input: PutHostCommandAcknowledgementInput;
      output: PutHostCommandAcknowledgementOutput;
    };
    sdk: {
      input: PutHostCommandAcknowledgementCommandInput;
      output: PutHostCommandAcknowledgementCommandOutput;
    };
  };
}
