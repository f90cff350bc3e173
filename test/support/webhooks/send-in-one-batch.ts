import { expect, jest } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import cdkJson from '../../../cdk.json' with { type: 'json' };
import type { LocalInstance } from '../../../local/local-instance.ts';
import { type MuxAsset, muxEvent } from '../../../local/sandbox/mux-events.ts';
import { eventually } from '../eventually.ts';
import { functionNamed } from '../local.ts';

const { maxConcurrency } = cdkJson.context.stages.dev.processor;

/**
 * Occupies every processor of Mux with an ignored event, so that the messages that `send` causes
 * arrive in one batch.
 * @returns the event ids of that batch.
 */
export async function sendInOneBatch(
  local: LocalInstance,
  asset: MuxAsset,
  send: () => Promise<unknown>,
): Promise<readonly string[]> {
  const processor = functionNamed(local, 'MuxProcessor');
  const gate = Promise.withResolvers<void>();
  const batches: (readonly string[])[] = [];
  const { invoke } = processor;
  const spy = jest.spyOn(processor, 'invoke').mockImplementation(async (event, requestId) => {
    batches.push((event as SQSEvent).Records.map(eventIdOf));
    await gate.promise;
    return invoke(event, requestId);
  });
  try {
    for (let count = 1; count <= maxConcurrency; count += 1) {
      await local.mux.deliver(muxEvent('video.live_stream.updated', asset, new Date()));
      expect(await received(batches, count)).toBe(count);
    }
    await send();
    gate.resolve();
    await received(batches, maxConcurrency + 1);
    return batches[maxConcurrency] ?? [];
  } finally {
    gate.resolve();
    spy.mockRestore();
  }
}

const received = (batches: readonly unknown[], count: number) =>
  eventually(
    () => batches.length,
    (length) => length >= count,
  );

const eventIdOf = ({ messageAttributes }: SQSEvent['Records'][number]): string =>
  messageAttributes['eventId']?.stringValue ?? '';
