/** An SQS message to be sent. SQS attributes have types; ours are all of the type String. */
export interface QueueMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}
