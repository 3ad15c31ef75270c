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
import type { PostHostCommandUpdateInput, PostHostCommandUpdateOutput } from "../models/models_0";
import { PostHostCommandUpdate$ } from "../schemas/schemas_0";

/**
 * @public
 */
export type { __MetadataBearer };
export { $Command };
/**
 * @public
 *
 * The input for {@link PostHostCommandUpdateCommand}.
 */
export interface PostHostCommandUpdateCommandInput extends PostHostCommandUpdateInput {}
/**
 * @public
 *
 * The output of {@link PostHostCommandUpdateCommand}.
 */
export interface PostHostCommandUpdateCommandOutput extends PostHostCommandUpdateOutput, __MetadataBearer {}

/**
 * Reports progress of a command that takes long. Agents do not use it.
 * @example
 * Use a bare-bones client and the command you need to make an API call.
 * ```javascript
 * import { CodeDeployCommandsClient, PostHostCommandUpdateCommand } from "@aws-sdk/client-codedeploy-commands"; // ES Modules import
 * // const { CodeDeployCommandsClient, PostHostCommandUpdateCommand } = require("@aws-sdk/client-codedeploy-commands"); // CommonJS import
 * // import type { CodeDeployCommandsClientConfig } from "@aws-sdk/client-codedeploy-commands";
 * const config = {}; // type is CodeDeployCommandsClientConfig
 * const client = new CodeDeployCommandsClient(config);
 * const input = { // PostHostCommandUpdateInput
 *   HostCommandIdentifier: "STRING_VALUE", // required
 *   EstimatedCompletionTime: new Date("TIMESTAMP"),
 *   Diagnostics: { // DiagnosticsEnvelope
 *     Format: "STRING_VALUE",
 *     Payload: "STRING_VALUE",
 *   },
 * };
 * const command = new PostHostCommandUpdateCommand(input);
 * const response = await client.send(command);
 * // { // PostHostCommandUpdateOutput
 * //   CommandStatus: "Pending" || "InProgress" || "Succeeded" || "Failed",
 * // };
 *
 * ```
 *
 * @param PostHostCommandUpdateCommandInput - {@link PostHostCommandUpdateCommandInput}
 * @returns {@link PostHostCommandUpdateCommandOutput}
 * @see {@link PostHostCommandUpdateCommandInput} for command's `input` shape.
 * @see {@link PostHostCommandUpdateCommandOutput} for command's `response` shape.
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
export class PostHostCommandUpdateCommand extends $Command
  .classBuilder<
    PostHostCommandUpdateCommandInput,
    PostHostCommandUpdateCommandOutput,
    CodeDeployCommandsClientResolvedConfig,
    ServiceInputTypes,
    ServiceOutputTypes
  >()
  .ep(commonParams)
  .m(function (this: any, Command: any, cs: any, config: CodeDeployCommandsClientResolvedConfig, o: any) {
    return [getEndpointPlugin(config, Command.getEndpointParameterInstructions())];
  })
  .s("CodeDeployCommandService_v20141006", "PostHostCommandUpdate", {})
  .n("CodeDeployCommandsClient", "PostHostCommandUpdateCommand")
  .sc(PostHostCommandUpdate$)
  .build() {
  /** @internal type navigation helper, not in runtime. */
  protected declare static __types: {
    api: {
      input: PostHostCommandUpdateInput;
      output: PostHostCommandUpdateOutput;
    };
    sdk: {
      input: PostHostCommandUpdateCommandInput;
      output: PostHostCommandUpdateCommandOutput;
    };
  };
}
