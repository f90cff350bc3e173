/**
 * Identity of an operator for a log line; the redaction keeps it. IAM Identity Center names
 * sessions by mail address, and without the address the line would not name a person. CloudWatch
 * masks addresses in logs and raises an alarm for them, so the text has `%40` instead of `@`.
 */
export class OperatorIdentity {
  readonly text: string;

  constructor(arn: string) {
    this.text = arn.replaceAll('@', '%40');
  }

  toString(): string {
    return this.text;
  }
}
