import type { SQSRecord } from 'aws-lambda';

/**
 * Number of lost connections after which a message is applied alone and loses receives. An outage
 * ends connections too, but rarely the same message's so often, while a statement that crashes its
 * session does so each time.
 */
export const MAX_CONNECTION_LOSSES = 3;

const ATTRIBUTE = 'connectionLosses';

/** Returns how many connections were lost amid earlier attempts. Copies carry the number. */
export function connectionLossesOf({ messageAttributes }: SQSRecord): number {
  const losses = Number(messageAttributes[ATTRIBUTE]?.stringValue ?? 0);
  return Number.isSafeInteger(losses) && losses > 0 ? losses : 0;
}

/** True if the message may crash the session of each batch that contains it. */
export const isSuspect = (record: SQSRecord): boolean =>
  connectionLossesOf(record) >= MAX_CONNECTION_LOSSES;

/** Attributes that a copy has besides those of its original. */
export const lossAttributes = (losses: number): Readonly<Record<string, string>> =>
  losses === 0 ? {} : { [ATTRIBUTE]: String(losses) };
