import { describe, expect, test } from '@jest/globals';
import { shortenToken } from '../../../cli/print-consequences.ts';
import { short } from '../../../local/reporter.ts';

describe('a line of a log, as a terminal shows it', () => {
  test('has its level, message and first plain fields on one row', () => {
    const line = JSON.stringify({
      level: 'INFO',
      message: 'Done',
      timestamp: 'x',
      count: 3,
      nested: {},
      ok: true,
    });
    expect(short(line)).toBe('INFO Done count=3 ok=true');
  });

  test('tells what an error says', () => {
    expect(
      short(JSON.stringify({ level: 'ERROR', message: 'Failed', error: { message: 'No.' } })),
    ).toBe('ERROR Failed error=No.');
  });

  test('is left out where it holds metrics only', () => {
    expect(short(JSON.stringify({ _aws: {}, Accepted: 1 }))).toBeUndefined();
  });

  test('is as it was where it is no JSON', () => {
    expect(short('Hello')).toBe('Hello');
  });
});

test('a playback token is shown far enough to see that it is there, and no further', () => {
  expect(shortenToken('https://stream.mux.com/abc.m3u8?token=eyJhbGciOiJSUzI1NiJ9.x.y&a=1')).toBe(
    'https://stream.mux.com/abc.m3u8?token=eyJhbGci…&a=1',
  );
});
