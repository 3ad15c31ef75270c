/** An alarm that deployment groups may watch. */
export interface AlarmView {
  readonly name: string;
  readonly state: "OK" | "ALARM";
}

export interface GroupView {
  readonly application: string;
  readonly group: string;
  /** UUID; stays while the group exists. */
  readonly groupId: string;
  readonly hosts: readonly string[];
}

export interface ObjectView {
  readonly bucket: string;
  readonly key: string;
  readonly version: string;
  /** Without quotes. */
  readonly eTag: string;
  readonly size: number;
}

/** A key to sign requests with. */
export interface KeyView {
  /** ARN of the user it belongs to. */
  readonly principal: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What `GET /_sandbox/` answers. */
export interface SandboxView {
  readonly service: "codedeploy-sandbox";
  readonly region: string;
  readonly account: string;
  readonly dataDirectory: string;
  readonly caFile: string;
  readonly processId: number;
}
