/** What S3 answers to a request it refuses. */
const FAULTS = {
  AccessDenied: [403, "The request is not signed, or its caller may not do this."],
  AuthorizationHeaderMalformed: [400, "The Authorization header is not one of Signature Version 4 for s3."],
  BadGateway: [502, "A server on the way does not answer as it should."],
  BadDigest: [400, "The Content-MD5 does not fit what was received."],
  EntityTooSmall: [400, "A part that is not the last one is smaller than 5 MiB."],
  ExpiredToken: [400, "The session token has expired."],
  GatewayTimeout: [504, "A server on the way does not answer in time."],
  IncompleteBody: [400, "The body is shorter or longer than announced, or its chunks are damaged."],
  InternalError: [500, "We encountered an internal error. Please try again."],
  InvalidAccessKeyId: [403, "The access key is none of this sandbox's."],
  InvalidArgument: [400, "A parameter has a value that makes no sense."],
  InvalidBucketName: [400, "The bucket name is not valid."],
  InvalidPart: [400, "A part was not uploaded, or has another ETag."],
  InvalidPartOrder: [400, "The parts are not listed by number."],
  InvalidRange: [416, "The requested range lies outside the object."],
  InvalidToken: [400, "The session token does not belong to the access key."],
  MalformedXML: [400, "The document in the body is not what the operation takes."],
  MethodNotAllowed: [405, "The method is not allowed for this resource."],
  MissingContentLength: [411, "The length of the body has to be announced."],
  NoSuchBucket: [404, "The bucket does not exist."],
  NoSuchKey: [404, "The key does not exist."],
  NoSuchUpload: [404, "There is no such multipart upload of this key."],
  NoSuchVersion: [404, "The key has no such version."],
  NotImplemented: [501, "The sandbox has only a part of S3, and not this one."],
  PreconditionFailed: [412, "A condition of the request does not hold."],
  RequestTimeTooSkewed: [403, "The clock of the caller is more than 15 minutes off."],
  ServiceUnavailable: [503, "The service is not available at the moment."],
  SignatureDoesNotMatch: [403, "The signature is not the one that the secret key gives this request."],
  SlowDown: [503, "Please reduce your request rate."],
  XAmzContentSHA256Mismatch: [400, "The x-amz-content-sha256 does not fit what was received."],
} as const satisfies Record<string, readonly [number, string]>;

export type S3FaultCode = keyof typeof FAULTS;

/** A refusal in the form of S3: an XML document with a code, and a status. */
export class S3Fault extends Error {
  override readonly name = "S3Fault";
  readonly code: S3FaultCode;
  readonly status: number;
  /** Further elements of the document: `Key`, `BucketName`, `Condition`, ... */
  readonly details: Readonly<Record<string, string>>;

  constructor(code: S3FaultCode, details: Readonly<Record<string, string>> = {}) {
    const [status, message] = FAULTS[code];
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}
