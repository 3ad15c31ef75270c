// smithy-typescript generated code
import { getEndpointPlugin } from "@smithy/middleware-endpoint";
import { Command as $Command } from "@smithy/smithy-client";
import type { MetadataBearer as __MetadataBearer } from "@smithy/types";

import type {
  CodeDeployCommandsClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from "../CodeDeployCommandsClient";
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
 * import { CodeDeployCommandsClient, PutHostCommandAcknowledgementCommand } from "@aws-sdk/client-codedeploy-commands"; // ES Modules import
 * // const { CodeDeployCommandsClient, PutHostCommandAcknowledgementCommand } = require("@aws-sdk/client-codedeploy-commands"); // CommonJS import
 * // import type { CodeDeployCommandsClientConfig } from "@aws-sdk/client-codedeploy-commands";
 * const config = {}; // type is CodeDeployCommandsClientConfig
 * const client = new CodeDeployCommandsClient(config);
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
 * @see {@link CodeDeployCommandsClientResolvedConfig | config} for CodeDeployCommandsClient's `config` shape.
 *
 * @throws {@link ClientException} (client fault)
 *  The caller is at fault: the command is unknown, a member is wrong.
 *
 * @throws {@link ServerException} (server fault)
 *  The service is at fault; the same call may succeed later.
 *
 * @throws {@link CodeDeployCommandsServiceException}
 * <p>Base exception class for all service exceptions from CodeDeployCommands service.</p>
 *
 *
 * @public
 */
export class PutHostCommandAcknowledgementCommand extends $Command
  .classBuilder<
    PutHostCommandAcknowledgementCommandInput,
    PutHostCommandAcknowledgementCommandOutput,
    CodeDeployCommandsClientResolvedConfig,
    ServiceInputTypes,
    ServiceOutputTypes
  >()
  .ep(commonParams)
  .m(function (this: any, Command: any, cs: any, config: CodeDeployCommandsClientResolvedConfig, o: any) {
    return [getEndpointPlugin(config, Command.getEndpointParameterInstructions())];
  })
  .s("CodeDeployCommandService_v20141006", "PutHostCommandAcknowledgement", {})
  .n("CodeDeployCommandsClient", "PutHostCommandAcknowledgementCommand")
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
