/** How the metadata service of an EC2 host behaves. */
export interface MetadataSettings {
  /** Whether it answers without a token too, as version 1 does. */
  readonly version1: boolean;
  /** Whether its tokens get as far as the host; those of one hop do not get into a container. */
  readonly tokensArrive: boolean;
}

export interface MetadataView extends MetadataSettings {
  /** For `AWS_EC2_METADATA_SERVICE_ENDPOINT`: `http://127.0.0.1:40124`. */
  readonly endpoint: string;
  readonly port: number;
}

export interface HostView {
  readonly name: string;
  /** ARN the agent polls with; absent until it is known. */
  readonly hostIdentifier?: string;
  readonly agentVersion?: string;
  /** EC2 hosts (`i-...`) only; on-premises ones are tagged by the public API. */
  readonly tags?: readonly { readonly Key: string; readonly Value: string }[];
  /** EC2 hosts with a metadata service only. */
  readonly metadata?: MetadataSettings & { readonly port: number };
  readonly firstSeenAt?: number;
  readonly lastSeenAt?: number;
  /** When a blue/green deployment gave up the original; its agent is refused from then on. */
  readonly terminatedAt?: number;
}
