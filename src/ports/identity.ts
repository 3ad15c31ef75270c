/** Who this host is to the service. */
export interface HostIdentity {
  /** ARN of the EC2 instance, or of the on-premises IAM user or session. */
  readonly hostIdentifier: string;
  /** Region of the service's endpoint, of S3's, and of every signature. */
  readonly region: string;
}

/** Finds out who this host is. */
export interface IdentitySource {
  /** @throws ServiceError when the host's identity cannot be found out now; a later call may succeed */
  identify(signal: AbortSignal): Promise<HostIdentity>;
}
