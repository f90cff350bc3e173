import { expect, test } from '@jest/globals';
import { makeBatches } from '../../../../local/watch/serial.ts';

test('runs one batch at a time, with each item once that was added in the meantime', async () => {
  const started: (readonly string[])[] = [];
  const first = Promise.withResolvers<void>();
  const batches = makeBatches<string>(async (items) => {
    started.push(items);
    if (started.length === 1) await first.promise;
  });

  batches.add([]);
  batches.add(['a']);
  batches.add(['b', 'c']);
  batches.add(['b', 'a']);
  expect(started).toEqual([['a']]);
  first.resolve();
  await batches.idle();
  batches.add(['d']);
  await batches.idle();

  expect(started).toEqual([['a'], ['b', 'c', 'a'], ['d']]);
});
