/** One SQS message to send. All attributes have the SQS data type String. */
export interface QueueMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Converts attributes to the form of the SQS API. */
export const toMessageAttributes = (attributes: QueueMessage['attributes']) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      { DataType: 'String', StringValue: value },
    ]),
  );

/**
 * Sends a message and returns its id. The promise resolves only after SQS stored the message, and
 * rejects if that is not certain.
 */
export type Enqueue = (message: QueueMessage) => Promise<string>;
