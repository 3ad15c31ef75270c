/** Thrown where a connection is to end in place of an answer, or in the middle of one. */
export class AnswerWithheld extends Error {
  override readonly name = "AnswerWithheld";
  /** `reset`: at once; `end`: what was written is still sent. */
  readonly how: "reset" | "end";

  constructor(how: "reset" | "end") {
    super("the answer is withheld on purpose");
    this.how = how;
  }
}
