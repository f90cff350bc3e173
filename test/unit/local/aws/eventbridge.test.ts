import { describe, expect, test } from '@jest/globals';
import type { BusEvent } from '../../../../local/aws/eventbridge/bus-event.ts';
import { makeEventBuses } from '../../../../local/aws/eventbridge/eventbridge.ts';
import { aTarget } from '../../../support/aws/bus-target.ts';

function buses() {
  const delivered: BusEvent[] = [];
  const target = aTarget(async (event) => void delivered.push(event));
  const rule = { bus: 'portal', pattern: { source: ['us'] }, targets: [target] };
  const busNames = ['default', 'portal'];
  return { delivered, ...makeEventBuses({ busNames, rules: [rule], region: 'ap-southeast-2' }) };
}
const entry = {
  Source: 'us',
  DetailType: 'asset.ready',
  Detail: '{"a":1}',
  EventBusName: 'portal',
};

describe('an event bus', () => {
  test('delivers an event to the targets of a matching rule', async () => {
    const { put, delivered } = buses();
    expect(await put([entry, { ...entry, Source: 'them' }])).toMatchObject({ FailedEntryCount: 0 });
    expect(delivered).toEqual([
      expect.objectContaining({
        version: '0',
        source: 'us',
        'detail-type': 'asset.ready',
        detail: { a: 1 },
      }),
    ]);
  });

  test('returns one result per entry; a malformed entry does not affect the others', async () => {
    const { put, delivered } = buses();
    const result = await put([
      { ...entry, Detail: '[1]' },
      entry,
      { ...entry, EventBusName: 'nowhere' },
    ]);
    expect(result).toMatchObject({
      FailedEntryCount: 2,
      Entries: [
        { ErrorCode: 'MalformedDetail' },
        { EventId: expect.any(String) },
        { ErrorCode: 'ResourceNotFoundException' },
      ],
    });
    expect(delivered).toHaveLength(1);
  });

  test('rejects a whole call above 1 MiB, and accepts one of exactly 1 MiB', async () => {
    const { put, events } = buses();
    const rest = Buffer.byteLength('us' + 'asset.ready' + '{"a":""}');
    const sized = (bytes: number) => ({
      ...entry,
      Detail: JSON.stringify({ a: 'x'.repeat(bytes - rest) }),
    });

    await expect(put([entry, sized(1_048_576)])).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Total size of the entries in the request is over the limit.',
    });
    expect(events()).toEqual([]);
    await expect(put([sized(1_048_576)])).resolves.toMatchObject({ FailedEntryCount: 0 });
  });

  test('rejects a call without entries and a call of eleven', async () => {
    const { put } = buses();

    await expect(put([])).rejects.toThrow('between 1 and 10');
    await expect(put(Array.from({ length: 11 }, () => entry))).rejects.toThrow('between 1 and 10');
  });

  test('rejects an entry with an empty or a long detail type by itself', async () => {
    const { put } = buses();
    const entries = ['', 'x'.repeat(129), 'x'].map((DetailType) => ({ ...entry, DetailType }));

    await expect(put(entries)).resolves.toMatchObject({
      FailedEntryCount: 2,
      Entries: [
        { ErrorCode: 'InvalidArgument' },
        { ErrorCode: 'InvalidArgument' },
        { EventId: expect.any(String) },
      ],
    });
  });

  test('accepts its ARN as its name', async () => {
    const { put, delivered } = buses();
    await put([
      { ...entry, EventBusName: 'arn:aws:events:ap-southeast-2:000000000000:event-bus/portal' },
    ]);
    expect(delivered).toHaveLength(1);
  });

  test('fails every call while it is down, and stores no event', async () => {
    const { put, setDown, events } = buses();
    setDown(true);
    await expect(put([entry])).rejects.toThrow('down');
    setDown(false);
    await put([entry]);
    expect(events()).toHaveLength(1);
  });
});
