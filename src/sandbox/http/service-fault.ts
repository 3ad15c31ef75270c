/** A refusal in the form of AWS JSON services: `{"__type": code, "message": ...}` with a status. */
export class ServiceFault extends Error {
  override readonly name = "ServiceFault";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
