import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { composeDocs } from '../../../bench/docs/write-docs.ts';
import { partNames } from '../../../bench/report.ts';

test.each(Object.entries(composeDocs()))(
  '%s quotes what the bench measured and nothing else (if not: npm run bench -- --write-docs)',
  (file, content) => {
    expect(readFileSync(file, 'utf8')).toBe(content);
  },
);

test('every part has a result that the documents are made of, measured in full', () => {
  const results = readdirSync('bench/results').map((file) =>
    JSON.parse(readFileSync(`bench/results/${file}`, 'utf8')),
  );

  expect(results.map(({ part }) => part).sort()).toEqual([...partNames].sort());
  for (const { part, quick, rounds } of results)
    expect({ part, quick, rounds }).toEqual({ part, quick: false, rounds: 5 });
});
