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
 * import { CodeDeployCommandsSecureClient, PutHostCommandCompleteCommand } from "@aws-sdk/client-codedeploy-commands-secure"; // ES Modules import
 * // const { CodeDeployCommandsSecureClient, PutHostCommandCompleteCommand } = require("@aws-sdk/client-codedeploy-commands-secure"); // CommonJS import
 * // import type { CodeDeployCommandsSecureClientConfig } from "@aws-sdk/client-codedeploy-commands-secure";
 * const config = {}; // type is CodeDeployCommandsSecureClientConfig
 * const client = new CodeDeployCommandsSecureClient(config);
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
export class PutHostCommandCompleteCommand extends $Command
  .classBuilder<
    PutHostCommandCompleteCommandInput,
    PutHostCommandCompleteCommandOutput,
    CodeDeployCommandsSecureClientResolvedConfig,
    ServiceInputTypes,
    ServiceOutputTypes
  >()
  .ep(commonParams)
  .m(function (this: any, Command: any, cs: any, config: CodeDeployCommandsSecureClientResolvedConfig, o: any) {
    return [getEndpointPlugin(config, Command.getEndpointParameterInstructions())];
  })
  .s("CodeDeployCommandService", "PutHostCommandComplete", {})
  .n("CodeDeployCommandsSecureClient", "PutHostCommandCompleteCommand")
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
