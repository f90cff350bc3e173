import type { LocalQueues, ReceivedMessage } from '../sqs.ts';
import type { LocalFunction } from './functions.ts';

export interface EventSourceSettings {
  readonly queueName: string;
  readonly queueArn: string;
  readonly region: string;
  readonly target: Pick<LocalFunction, 'invoke'>;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly reportsItemFailures: boolean;
  /** Maximum of parallel batches. */
  readonly concurrency: number;
}

export interface EventSource {
  /** Stops delivery, and resolves after the running batches. */
  stop(): Promise<void>;
  /** Ends the pollers after their last receive, and delivers what that returns. */
  retire(): void;
}

/** Maximum that SQS returns per call; Lambda calls several times to fill a larger batch. */
const RECEIVE_MAX = 10;
const POLL_SECONDS = 20;

/**
 * Starts Lambda's pollers for one queue. Each one receives a batch, invokes the function, and
 * deletes the messages that succeeded. The others return after their visibility timeout.
 */
export function startEventSource(settings: EventSourceSettings, queues: LocalQueues): EventSource {
  let running = true;
  let retired = false;
  const deliveries = new Set<Promise<void>>();
  const receive = (max: number, waitSeconds: number) =>
    queues.receive(settings.queueName, { max: Math.min(max, RECEIVE_MAX), waitSeconds });

  async function receiveBatch(): Promise<readonly ReceivedMessage[]> {
    const { batchSize, windowSeconds } = settings;
    const batch = [...(await receive(batchSize, POLL_SECONDS))];
    const windowEnd = Date.now() + windowSeconds * 1000;
    while (running && batch.length > 0 && batch.length < batchSize && windowSeconds > 0) {
      const waitSeconds = (windowEnd - Date.now()) / 1000;
      if (waitSeconds <= 0) break;
      batch.push(...(await receive(batchSize - batch.length, waitSeconds)));
    }
    return batch;
  }

  async function poll(): Promise<void> {
    while (running && !retired) {
      const batch = await receiveBatch().catch(() => undefined);
      if (batch === undefined) await new Promise((resolve) => setTimeout(resolve, 250));
      else if (batch.length > 0 && running) await tracked(deliver(batch));
    }
  }

  async function tracked(delivery: Promise<void>): Promise<void> {
    deliveries.add(delivery);
    await delivery.finally(() => deliveries.delete(delivery));
  }

  async function deliver(batch: readonly ReceivedMessage[]): Promise<void> {
    const invocation = await settings.target.invoke({
      Records: batch.map((message) => toRecord(message, settings)),
    });
    const processed = invocation.ok
      ? succeeded(batch, invocation.result, settings.reportsItemFailures)
      : [];
    // A message whose deletion fails is delivered again, as in AWS.
    await queues.remove(settings.queueName, processed).catch(() => {});
  }

  for (let poller = 0; poller < settings.concurrency; poller += 1) void poll();
  return {
    async stop() {
      running = false;
      // A poll that waits for a message ends when the queues stop.
      await Promise.all(deliveries);
    },
    retire() {
      retired = true;
    },
  };
}

/**
 * Returns the messages to delete. A response that names an unknown message fails the whole batch:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function succeeded(
  batch: readonly ReceivedMessage[],
  result: unknown,
  reportsItemFailures: boolean,
): readonly ReceivedMessage[] {
  if (!reportsItemFailures) return batch;
  const failures = (result as { batchItemFailures?: unknown } | null)?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return [];
  const failed = failures.map(
    (failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier,
  );
  const known = new Set(batch.map(({ MessageId }) => MessageId));
  if (failed.some((id) => typeof id !== 'string' || !known.has(id))) return [];
  return batch.filter(({ MessageId }) => !failed.includes(MessageId));
}

export function toRecord(
  message: ReceivedMessage,
  { queueArn, region }: Pick<EventSourceSettings, 'queueArn' | 'region'>,
) {
  const attributes = Object.entries(message.MessageAttributes ?? {});
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: { ...message.Attributes },
    messageAttributes: Object.fromEntries(
      attributes.map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          ...(StringValue === undefined ? {} : { stringValue: StringValue }),
          ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
          stringListValues: [],
          binaryListValues: [],
          dataType: DataType,
        },
      ]),
    ),
    md5OfBody: message.MD5OfBody,
    ...(message.MD5OfMessageAttributes === undefined
      ? {}
      : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}
