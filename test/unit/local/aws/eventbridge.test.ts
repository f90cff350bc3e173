import { describe, expect, test } from '@jest/globals';
import { type BusEvent, makeEventBuses } from '../../../../local/aws/eventbridge/eventbridge.ts';

function buses() {
  const delivered: BusEvent[] = [];
  const rule = {
    bus: 'portal',
    pattern: { source: ['us'] },
    targets: [async (event: BusEvent) => void delivered.push(event)],
  };
  return { delivered, ...makeEventBuses(['default', 'portal'], [rule], 'ap-southeast-2') };
}
const entry = {
  Source: 'us',
  DetailType: 'asset.ready',
  Detail: '{"a":1}',
  EventBusName: 'portal',
};

describe('an event bus', () => {
  test('hands an event that a rule takes to its targets, in the shape of EventBridge', async () => {
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

  test('answers entry by entry: one that is malformed does not keep the others away', async () => {
    const { put, delivered } = buses();
    const answer = await put([
      { ...entry, Detail: '[1]' },
      entry,
      { ...entry, EventBusName: 'nowhere' },
    ]);
    expect(answer).toMatchObject({
      FailedEntryCount: 2,
      Entries: [
        { ErrorCode: 'MalformedDetail' },
        { EventId: expect.any(String) },
        { ErrorCode: 'ResourceNotFoundException' },
      ],
    });
    expect(delivered).toHaveLength(1);
  });

  test('takes its ARN for its name', async () => {
    const { put, delivered } = buses();
    await put([
      { ...entry, EventBusName: 'arn:aws:events:ap-southeast-2:000000000000:event-bus/portal' },
    ]);
    expect(delivered).toHaveLength(1);
  });

  test('fails every call while it is down, and keeps nothing of them', async () => {
    const { put, setDown, events } = buses();
    setDown(true);
    await expect(put([entry])).rejects.toThrow('down');
    setDown(false);
    await put([entry]);
    expect(events()).toHaveLength(1);
  });
});
