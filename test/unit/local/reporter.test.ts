import { describe, expect, test } from '@jest/globals';
import { shortenToken } from '../../../cli/print-consequences.ts';
import { shortenLine } from '../../../local/log-line.ts';

describe('a log line in the terminal', () => {
  test('shows level, message and the first plain fields on one row', () => {
    const line = JSON.stringify({
      level: 'INFO',
      message: 'Done',
      timestamp: 'x',
      count: 3,
      nested: {},
      ok: true,
    });
    expect(shortenLine(line)).toBe('INFO Done count=3 ok=true');
  });

  test('shows the message of an error', () => {
    expect(
      shortenLine(JSON.stringify({ level: 'ERROR', message: 'Failed', error: { message: 'No.' } })),
    ).toBe('ERROR Failed error=No.');
  });

  test('is omitted if it holds metrics', () => {
    expect(shortenLine(JSON.stringify({ _aws: {}, Accepted: 1 }))).toBeUndefined();
  });

  test('is unchanged if it is not JSON', () => {
    expect(shortenLine('Hello')).toBe('Hello');
  });
});

test('shows only the first 8 characters of a playback token', () => {
  expect(shortenToken('https://stream.mux.com/abc.m3u8?token=eyJhbGciOiJSUzI1NiJ9.x.y&a=1')).toBe(
    'https://stream.mux.com/abc.m3u8?token=eyJhbGci…&a=1',
  );
});
