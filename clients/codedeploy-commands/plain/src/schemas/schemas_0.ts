const _CE = "ClientException";
const _CN = "CommandName";
const _CS = "CommandStatus";
const _D = "Diagnostics";
const _DE = "DiagnosticsEnvelope";
const _DEI = "DeploymentExecutionId";
const _DS = "DeploymentSpecification";
const _DSe = "DeploymentSystem";
const _ECT = "EstimatedCompletionTime";
const _F = "Format";
const _GDS = "GetDeploymentSpecification";
const _GDSI = "GetDeploymentSpecificationInput";
const _GDSO = "GetDeploymentSpecificationOutput";
const _GE = "GenericEnvelope";
const _HC = "HostCommand";
const _HCI = "HostCommandIdentifier";
const _HI = "HostIdentifier";
const _N = "Nonce";
const _P = "Payload";
const _PHC = "PollHostCommand";
const _PHCA = "PutHostCommandAcknowledgement";
const _PHCAI = "PutHostCommandAcknowledgementInput";
const _PHCAO = "PutHostCommandAcknowledgementOutput";
const _PHCC = "PutHostCommandComplete";
const _PHCCI = "PutHostCommandCompleteInput";
const _PHCCO = "PutHostCommandCompleteOutput";
const _PHCI = "PollHostCommandInput";
const _PHCO = "PollHostCommandOutput";
const _PHCU = "PostHostCommandUpdate";
const _PHCUI = "PostHostCommandUpdateInput";
const _PHCUO = "PostHostCommandUpdateOutput";
const _SE = "ServerException";
const _SEp = "SpecificationEnvelope";
const _VE = "VariantEnvelope";
const _VI = "VariantId";
const _c = "client";
const _e = "error";
const _hE = "httpError";
const _m = "message";
const _s = "smithy.ts.sdk.synthetic.com.amazonaws.codedeploycommands";
const _se = "server";
const n0 = "com.amazonaws.codedeploycommands";

// smithy-typescript generated code
import { TypeRegistry } from "@smithy/core/schema";
import type { StaticErrorSchema, StaticOperationSchema, StaticStructureSchema } from "@smithy/types";

import { CodeDeployCommandsServiceException } from "../models/CodeDeployCommandsServiceException";
import { ClientException, ServerException } from "../models/errors";

/* eslint no-var: 0 */
const _s_registry = TypeRegistry.for(_s);
export var CodeDeployCommandsServiceException$: StaticErrorSchema = [-3, _s, "CodeDeployCommandsServiceException", 0, [], []];
_s_registry.registerError(CodeDeployCommandsServiceException$, CodeDeployCommandsServiceException);
const n0_registry = TypeRegistry.for(n0);
export var ClientException$: StaticErrorSchema = [-3, n0, _CE,
  { [_e]: _c, [_hE]: 400 },
  [_m],
  [0]
];
n0_registry.registerError(ClientException$, ClientException);
export var ServerException$: StaticErrorSchema = [-3, n0, _SE,
  { [_e]: _se, [_hE]: 500 },
  [_m],
  [0]
];
n0_registry.registerError(ServerException$, ServerException);
/**
 * TypeRegistry instances containing modeled errors.
 * @internal
 *
 */
export const errorTypeRegistries = [
  _s_registry,
  n0_registry,
]
export var DeploymentSpecification$: StaticStructureSchema = [3, n0, _DS,
  0,
  [_GE, _VI, _VE],
  [() => SpecificationEnvelope$, 0, () => SpecificationEnvelope$]
];
export var DiagnosticsEnvelope$: StaticStructureSchema = [3, n0, _DE,
  0,
  [_F, _P],
  [0, 0]
];
export var GetDeploymentSpecificationInput$: StaticStructureSchema = [3, n0, _GDSI,
  0,
  [_DEI, _HI],
  [0, 0], 2
];
export var GetDeploymentSpecificationOutput$: StaticStructureSchema = [3, n0, _GDSO,
  0,
  [_DSe, _DS],
  [0, () => DeploymentSpecification$]
];
export var HostCommand$: StaticStructureSchema = [3, n0, _HC,
  0,
  [_HCI, _HI, _DEI, _CN, _N],
  [0, 0, 0, 0, 1]
];
export var PollHostCommandInput$: StaticStructureSchema = [3, n0, _PHCI,
  0,
  [_HI],
  [0], 1
];
export var PollHostCommandOutput$: StaticStructureSchema = [3, n0, _PHCO,
  0,
  [_HC],
  [() => HostCommand$]
];
export var PostHostCommandUpdateInput$: StaticStructureSchema = [3, n0, _PHCUI,
  0,
  [_HCI, _ECT, _D],
  [0, 4, () => DiagnosticsEnvelope$], 1
];
export var PostHostCommandUpdateOutput$: StaticStructureSchema = [3, n0, _PHCUO,
  0,
  [_CS],
  [0]
];
export var PutHostCommandAcknowledgementInput$: StaticStructureSchema = [3, n0, _PHCAI,
  0,
  [_HCI, _D],
  [0, () => DiagnosticsEnvelope$], 1
];
export var PutHostCommandAcknowledgementOutput$: StaticStructureSchema = [3, n0, _PHCAO,
  0,
  [_CS],
  [0]
];
export var PutHostCommandCompleteInput$: StaticStructureSchema = [3, n0, _PHCCI,
  0,
  [_HCI, _CS, _D],
  [0, 0, () => DiagnosticsEnvelope$], 2
];
export var PutHostCommandCompleteOutput$: StaticStructureSchema = [3, n0, _PHCCO,
  0,
  [],
  []
];
export var SpecificationEnvelope$: StaticStructureSchema = [3, n0, _SEp,
  0,
  [_F, _P],
  [0, 0]
];
export var GetDeploymentSpecification$: StaticOperationSchema = [9, n0, _GDS,
  0, () => GetDeploymentSpecificationInput$, () => GetDeploymentSpecificationOutput$
];
export var PollHostCommand$: StaticOperationSchema = [9, n0, _PHC,
  0, () => PollHostCommandInput$, () => PollHostCommandOutput$
];
export var PostHostCommandUpdate$: StaticOperationSchema = [9, n0, _PHCU,
  0, () => PostHostCommandUpdateInput$, () => PostHostCommandUpdateOutput$
];
export var PutHostCommandAcknowledgement$: StaticOperationSchema = [9, n0, _PHCA,
  0, () => PutHostCommandAcknowledgementInput$, () => PutHostCommandAcknowledgementOutput$
];
export var PutHostCommandComplete$: StaticOperationSchema = [9, n0, _PHCC,
  0, () => PutHostCommandCompleteInput$, () => PutHostCommandCompleteOutput$
];
