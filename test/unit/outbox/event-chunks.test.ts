import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunkEntries, entryBytes } from '../../../lambdas/outbox/event-chunks.ts';

const MAX_BYTES = 262_144;

describe('the size of an entry', () => {
  test('counts source, detail type, detail and resources in UTF-8', () => {
    const entry = { Source: 'ab', DetailType: 'ü', Detail: '{"€":1}', Resources: ['arn', 'é'] };

    expect(entryBytes(entry)).toBe(2 + 2 + 9 + 3 + 2);
  });

  test('counts a time as 14 bytes', () => {
    expect(entryBytes({ Time: new Date(0) })).toBe(14);
  });
});

const item = (bytes: number) => ({ entry: { Detail: 'x'.repeat(bytes) } });

test('ten entries go into one call and an eleventh into the next', () => {
  const items = Array.from({ length: 11 }, () => item(10));

  expect(chunkEntries(items, MAX_BYTES).map(({ length }) => length)).toEqual([10, 1]);
});

test('a call holds exactly the limit of bytes', () => {
  const half = MAX_BYTES / 2;

  expect(chunkEntries([item(half), item(half)], MAX_BYTES)).toHaveLength(1);
  expect(chunkEntries([item(half), item(half + 1)], MAX_BYTES)).toHaveLength(2);
});

test('an entry above the limit gets a call of its own', () => {
  const chunks = chunkEntries([item(1), item(MAX_BYTES + 1), item(1)], MAX_BYTES);

  expect(chunks.map(({ length }) => length)).toEqual([1, 1, 1]);
});

test('calls keep every entry in order and stay within both limits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 200 }),
      (sizes, limit) => {
        const items = sizes.map(item);
        const chunks = chunkEntries(items, limit);

        expect(chunks.flat()).toEqual(items);
        for (const chunk of chunks) {
          const bytes = chunk.reduce((sum, { entry }) => sum + entryBytes(entry), 0);
          expect(chunk.length).toBeGreaterThan(0);
          expect(chunk.length).toBeLessThanOrEqual(10);
          expect(chunk.length === 1 || bytes <= limit).toBe(true);
        }
      },
    ),
  );
});
