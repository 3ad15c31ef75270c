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
import type { PutHostCommandCompleteInput, PutHostCommandCompleteOutput } from "../models/models_0";
import { PutHostCommandComplete$ } from "../schemas/schemas_0";

/**
 * @public
 */
export type { __MetadataBearer };
export { $Command };
/**
 * @public
 *
 * The input for {@link PutHostCommandCompleteCommand}.
 */
export interface PutHostCommandCompleteCommandInput extends PutHostCommandCompleteInput {}
/**
 * @public
 *
 * The output of {@link PutHostCommandCompleteCommand}.
 */
export interface PutHostCommandCompleteCommandOutput extends PutHostCommandCompleteOutput, __MetadataBearer {}

/**
 * Reports how a command ended.
 * @example
 * Use a bare-bones client and the command you need to make an API call.
 * ```javascript
 * import { CodeDeployCommandsClient, PutHostCommandCompleteCommand } from "@aws-sdk/client-codedeploy-commands"; // ES Modules import
 * // const { CodeDeployCommandsClient, PutHostCommandCompleteCommand } = require("@aws-sdk/client-codedeploy-commands"); // CommonJS import
 * // import type { CodeDeployCommandsClientConfig } from "@aws-sdk/client-codedeploy-commands";
 * const config = {}; // type is CodeDeployCommandsClientConfig
 * const client = new CodeDeployCommandsClient(config);
 * const input = { // PutHostCommandCompleteInput
 *   HostCommandIdentifier: "STRING_VALUE", // required
 *   CommandStatus: "Pending" || "InProgress" || "Succeeded" || "Failed", // required
 *   Diagnostics: { // DiagnosticsEnvelope
 *     Format: "STRING_VALUE",
 *     Payload: "STRING_VALUE",
 *   },
 * };
 * const command = new PutHostCommandCompleteCommand(input);
 * const response = await client.send(command);
 * // {};
 *
 * ```
 *
 * @param PutHostCommandCompleteCommandInput - {@link PutHostCommandCompleteCommandInput}
 * @returns {@link PutHostCommandCompleteCommandOutput}
 * @see {@link PutHostCommandCompleteCommandInput} for command's `input` shape.
 * @see {@link PutHostCommandCompleteCommandOutput} for command's `response` shape.
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
export class PutHostCommandCompleteCommand extends $Command
  .classBuilder<
    PutHostCommandCompleteCommandInput,
    PutHostCommandCompleteCommandOutput,
    CodeDeployCommandsClientResolvedConfig,
    ServiceInputTypes,
    ServiceOutputTypes
  >()
  .ep(commonParams)
  .m(function (this: any, Command: any, cs: any, config: CodeDeployCommandsClientResolvedConfig, o: any) {
    return [getEndpointPlugin(config, Command.getEndpointParameterInstructions())];
  })
  .s("CodeDeployCommandService_v20141006", "PutHostCommandComplete", {})
  .n("CodeDeployCommandsClient", "PutHostCommandCompleteCommand")
  .sc(PutHostCommandComplete$)
  .build() {
  /** @internal type navigation helper, not in runtime. */
  protected declare static __types: {
    api: {
      input: PutHostCommandCompleteInput;
      output: {};
    };
    sdk: {
      input: PutHostCommandCompleteCommandInput;
      output: PutHostCommandCompleteCommandOutput;
    };
  };
}
