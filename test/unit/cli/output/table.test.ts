import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatResult } from '../../../../cli/output/format-result.ts';
import { formatCell, formatTable } from '../../../../cli/output/table.ts';

const plain = (text: string) => stripVTControlCharacters(text);
const lines = (text: string) => plain(text).split('\n');

test('aligns the columns, and writes an en dash for no value', () => {
  const records = [
    { event: 'e1', error: null },
    { event: 'event-2', error: 'E1' },
  ];

  expect(lines(formatTable(records, 80))).toEqual(['event    error', 'e1       –', 'event-2  E1']);
});

test('cuts sentences, but no ids and no times, to fit the terminal', () => {
  const id = '8dffe319-513b-af16-1079-b073e1a23371';
  const records = [{ event: id, error: 'a long sentence about a failure '.repeat(10) }];
  const [, row = ''] = lines(formatTable(records, 70));

  expect(row).toContain(id);
  expect(row).toMatch(/…$/);
  expect(row.length).toBeLessThanOrEqual(70);
});

test('leaves out columns without values before it shortens anything', () => {
  const records = [{ event: 'e1', error: null, note: 'a rather long note' }];

  expect(lines(formatTable(records, 30))).toEqual(['event  note', 'e1     a rather long note']);
  expect(lines(formatTable(records, 80))[0]).toContain('error');
});

test('shows the essential columns of a list in a narrow terminal', () => {
  const row = {
    id: '1',
    provider: 'mux',
    event: '8dffe319-513b-af16-1079-b073e1a23371',
    type: 'video.asset.ready',
    status: 'processed',
    attempts: 1,
    redrives: 0,
    replays: 0,
    receivedAt: '2026-03-08T12:00:00.000Z',
    error: null,
  };
  const printed = lines(formatTable([row], 80, 'events'));

  expect(printed[0]).toMatch(/^receivedAt +provider +type +status +event$/);
  expect(Math.max(...printed.map((line) => line.length))).toBeLessThanOrEqual(80);
  // The time and the id continue on the next line.
  expect(printed[1]).toMatch(/^\d{4}-\d\d-\d\d +mux +video\.asset\.ready +processed +8dffe319/);
  expect(printed[2]).toMatch(/^\d\d:\d\d:\d\d \S+ +\S+$/);
  expect(lines(formatTable([row], 160, 'events'))[0]).toContain('redrives');
});

test('prints one field per line if the ids do not fit', () => {
  const id = '8dffe319-513b-af16-1079-b073e1a23371';
  const records = [{ event: id, replay: id }];

  expect(lines(formatTable(records, 30))).toEqual([`event   ${id}`, `replay  ${id}`]);
});

test('keeps every line within the terminal, whatever the records hold', () => {
  const record = fc.record({
    event: fc.uuid(),
    status: fc.constantFrom('processed', 'failed'),
    error: fc
      .option(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 40 }))
      .map((words) => words?.join(' ') ?? null),
  });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (records) => {
      const widest = Math.max(...lines(formatTable(records, 80)).map((line) => line.length));
      expect(widest).toBeLessThanOrEqual(80);
    }),
  );
});

describe('a cell', () => {
  test('shows a time in the zone of this machine, with the zone', () => {
    expect(formatCell('2026-03-08T12:00:00.000Z')).toMatch(/^2026-03-0[78-9] \d\d:\d\d:\d\d \S+$/);
    expect(formatCell('2026-99-99T12:00:00Z')).toBe('2026-99-99T12:00:00Z');
  });

  test('runs no escape sequence of a provider', () => {
    const hostile = '\u001b[2J\u001b]0;title\u0007text\u009b31m\rline';

    expect(formatCell(hostile)).not.toMatch(/\p{Cc}/u);
    expect(formatCell(hostile)).toContain('text');
  });

  test('stays on one line', () => {
    expect(formatCell('first\nsecond\t third')).toBe('first second third');
    expect(formatCell({ a: [1] })).toBe('{"a":[1]}');
  });
});

test('formats a list as a table, an empty list as none, and other fields on lines', () => {
  const result = { events: [{ event: 'e1' }], other: [], matching: 3, replayed: 2, no: null };

  expect(lines(formatResult(result, 80))).toEqual([
    'matching  3',
    'replayed  2',
    '',
    'events',
    'event',
    'e1',
    '',
    'other: none',
  ]);
});

test('formats a nested record without braces', () => {
  expect(lines(formatResult({ run: { job: 'prune', counts: { a: 1 } } }, 80))).toEqual([
    'run',
    '  job     prune',
    '  counts  {"a":1}',
  ]);
});
