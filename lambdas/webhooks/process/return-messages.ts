import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { delayRetry, returnAsCopy } from '../../platform/aws/return-message.ts';
import type { ConsumedQueue } from '../../platform/aws/sqs.ts';
import type { Clock } from '../../platform/clock.ts';
import { OUTAGE_HOLD_MS, outageDelaySeconds } from '../../platform/postgres/unavailable.ts';
import { backoffSeconds } from './backoff.ts';
import { lossAttributes } from './connection-losses.ts';
import type { EventResult } from './event-outcome.ts';

export type Wait = (milliseconds: number) => Promise<void>;

export interface ReturnMessagesDeps {
  readonly queue: ConsumedQueue;
  readonly now: Clock;
  readonly wait?: Wait;
}

/** @returns the messages that SQS must deliver again. */
export type ReturnMessages = (
  results: readonly EventResult[],
  startedAt: Date,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<SQSBatchResponse['batchItemFailures']>;

/** Covers two attempts at each call of SQS, all calls at once. */
const SEND_MS = 14_000;

/**
 * Returns retried messages to their queue with a delay, and postponed messages as copies, so that
 * an outage of Postgres uses up no receive.
 */
export function makeReturnMessages({
  queue,
  now,
  wait = sleep,
}: ReturnMessagesDeps): ReturnMessages {
  return async function returnMessages(results, startedAt, context) {
    const recordsOf = (wanted: EventResult['kind']) =>
      results.filter(({ kind }) => kind === wanted).map(({ record }) => record);
    const retried = recordsOf('retried');
    const postponed = results.filter((result) => result.kind === 'postponed');
    await Promise.all(retried.map((record) => delayRetry(record, retrySeconds(record), queue)));
    const held = OUTAGE_HOLD_MS - (now().getTime() - startedAt.getTime());
    if (postponed.length > 0)
      await wait(Math.max(0, Math.min(held, context.getRemainingTimeInMillis() - SEND_MS)));
    const sent = await Promise.all(
      postponed.map(({ record, connectionLosses }) =>
        returnAsCopy(
          record,
          outageDelaySeconds(Math.random()),
          queue,
          lossAttributes(connectionLosses),
        ),
      ),
    );
    const unsent = postponed.filter((_, index) => sent[index] === false);
    const failed = [...retried, ...unsent.map(({ record }) => record)];
    return failed.map(({ messageId }) => ({ itemIdentifier: messageId }));
  };
}

const retrySeconds = ({ attributes }: SQSRecord): number =>
  backoffSeconds(Number(attributes.ApproximateReceiveCount), Math.random());

const sleep: Wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
