import { ServiceFault } from "../http/service-fault.ts";
import { S3Fault, type S3FaultCode } from "../s3/s3-fault.ts";
import type { Rejection } from "./disturbance.ts";
import type { ErrorStatus, RefusalReason } from "./fault.ts";

const ON_PURPOSE = "The sandbox was told to answer so; see codedeploy-sandbox fault.";

type Words = Readonly<Record<RefusalReason, readonly [status: number, code: string, message: string]>>;

const JSON_ERRORS: Readonly<Record<ErrorStatus, string>> = {
  500: "InternalFailure",
  502: "BadGateway",
  503: "ServiceUnavailableException",
  504: "GatewayTimeout",
};

const JSON_REFUSALS: Words = {
  "access-denied": [400, "AccessDeniedException", `The caller is not authorized to perform this. ${ON_PURPOSE}`],
  "expired-token": [400, "ExpiredTokenException", `The security token is expired. ${ON_PURPOSE}`],
  "invalid-signature": [400, "InvalidSignatureException", `The signature does not match. ${ON_PURPOSE}`],
  "unknown-key": [400, "UnrecognizedClientException", `The security token is invalid. ${ON_PURPOSE}`],
};

const QUERY_REFUSALS: Words = {
  "access-denied": [403, "AccessDenied", JSON_REFUSALS["access-denied"][2]],
  "expired-token": [403, "ExpiredToken", JSON_REFUSALS["expired-token"][2]],
  "invalid-signature": [403, "SignatureDoesNotMatch", JSON_REFUSALS["invalid-signature"][2]],
  "unknown-key": [403, "InvalidClientTokenId", JSON_REFUSALS["unknown-key"][2]],
};

const S3_ERRORS: Readonly<Record<ErrorStatus, S3FaultCode>> = {
  500: "InternalError",
  502: "BadGateway",
  503: "ServiceUnavailable",
  504: "GatewayTimeout",
};

const S3_REFUSALS: Readonly<Record<RefusalReason, S3FaultCode>> = {
  "access-denied": "AccessDenied",
  "expired-token": "ExpiredToken",
  "invalid-signature": "SignatureDoesNotMatch",
  "unknown-key": "InvalidAccessKeyId",
};

/** A rejection in the words of AWS JSON. */
export function jsonRejection(rejection: Rejection): ServiceFault {
  if (rejection.kind === "throttling") return new ServiceFault(400, "ThrottlingException", "Rate exceeded");
  if (rejection.kind === "error") return new ServiceFault(rejection.status, JSON_ERRORS[rejection.status], ON_PURPOSE);
  return new ServiceFault(...JSON_REFUSALS[rejection.reason]);
}

/** A rejection in the words of the query protocol. */
export function queryRejection(rejection: Rejection): ServiceFault {
  if (rejection.kind === "throttling") return new ServiceFault(400, "Throttling", "Rate exceeded");
  if (rejection.kind === "error") return new ServiceFault(rejection.status, JSON_ERRORS[rejection.status], ON_PURPOSE);
  return new ServiceFault(...QUERY_REFUSALS[rejection.reason]);
}

/** A rejection in the words of S3. */
export function s3Rejection(rejection: Rejection): S3Fault {
  if (rejection.kind === "throttling") return new S3Fault("SlowDown");
  const code = rejection.kind === "error" ? S3_ERRORS[rejection.status] : S3_REFUSALS[rejection.reason];
  return new S3Fault(code, { Reason: ON_PURPOSE });
}
