import { describe, expect, test } from '@jest/globals';
import { formatCsv, toCsv } from '../../../../cli/output/csv.ts';
import { chooseFormat, printResult } from '../../../../cli/output/print-result.ts';
import { makeRowPrinter } from '../../../../cli/output/row-printer.ts';
import { recordTerminal } from '../../../support/command-line.ts';

describe('the format', () => {
  test.each([
    [{}, true, 'table'],
    [{}, false, 'json'],
    [{ json: true }, true, 'json'],
    [{ csv: true }, false, 'csv'],
    [{ table: true }, false, 'table'],
  ])('for %j on a terminal: %s is %s', (given, isTty, format) => {
    expect(chooseFormat(given, isTty)).toBe(format);
  });

  test('is given once', () => {
    expect(() => chooseFormat({ json: true, csv: true }, true)).toThrow('--json and --csv');
  });
});

test('prints JSON on one line in a pipe, and indented on a terminal', () => {
  const pipe = recordTerminal({ isTty: false });
  printResult({ events: [], note: '\u009b31m' }, 'json', pipe);
  expect(pipe.printed).toEqual(['{"events":[],"note":"\\u009b31m"}']);

  const terminal = recordTerminal();
  printResult({ events: [] }, 'json', terminal);
  expect(terminal.printed).toEqual(['{\n  "events": []\n}']);
});

describe('CSV', () => {
  test('has the list of the result with a header', () => {
    const result = {
      events: [
        { event: 'e1', error: 'a, "b"' },
        { event: 'e2', more: 1 },
      ],
      cursor: '7',
    };

    expect(formatCsv(result)).toBe('event,error,more\r\ne1,"a, ""b""",\r\ne2,,1');
  });

  test('has one row for a result without a list, and none for an empty list', () => {
    expect(formatCsv({ started: 'prune', counts: { a: 1 } })).toBe(
      'started,counts\r\nprune,"{""a"":1}"',
    );
    expect(formatCsv({ events: [] })).toBe('');
  });

  test('is rejected for several lists', () => {
    expect(() => formatCsv({ one: [], other: [] })).toThrow('several lists (one, other)');
  });

  test('contains no formula', () => {
    expect(toCsv([{ a: '=1+1', b: '@SUM(A1)', c: -5, d: '-5' }])).toBe(
      "a,b,c,d\r\n'=1+1,'@SUM(A1),-5,'-5",
    );
  });
});

test('prints records one by one, with one header in CSV', () => {
  const rows = [{ event: 'e1' }, { event: 'e2' }];
  const printed = (format: 'json' | 'csv' | 'table') => {
    const terminal = recordTerminal();
    const print = makeRowPrinter(format, terminal);
    for (const row of rows) print(row);
    return terminal.printed;
  };

  expect(printed('json')).toEqual(['{"event":"e1"}', '{"event":"e2"}']);
  expect(printed('csv')).toEqual(['event', 'e1', 'e2']);
  expect(printed('table')).toEqual(['e1', 'e2']);
});
