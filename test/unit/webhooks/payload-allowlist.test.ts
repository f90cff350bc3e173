import { expect, test } from '@jest/globals';
import { registry } from '../../../lambdas/providers/registry.ts';
import {
  domainOnly,
  loggedPayload,
  uuidOnly,
  verbatim,
  withoutQuery,
} from '../../../lambdas/webhooks/payload-allowlist.ts';
import { everyBody } from '../../support/fixtures.ts';
import { privateTextsIn } from '../../support/privacy/private-texts.ts';

test('logs only the listed fields, in the shape of the payload', () => {
  const document = {
    type: 'secret',
    data: {
      id: 'asset-1',
      title: 'Mine',
      duration: 12.5,
      tracks: [{ id: 'a', name: 'x' }, { name: 'y' }],
      empty: null,
    },
  };
  const fields = {
    data: {
      id: verbatim,
      duration: verbatim,
      tracks: { id: verbatim },
      empty: verbatim,
      missing: verbatim,
    },
  };

  expect(loggedPayload(document, fields)).toEqual({
    data: { id: 'asset-1', duration: 12.5, tracks: [{ id: 'a' }, undefined] },
  });
});

test.each([
  ['a structure where a text was expected', { id: { deep: 'x' } }, { id: verbatim }],
  ['a text where a structure was expected', { data: 'x' }, { data: { id: verbatim } }],
  ['a field of Object.prototype', {}, { constructor: { name: verbatim } }],
  ['no object', 'x', { id: verbatim }],
  ['null', null, { id: verbatim }],
])('logs nothing of %s', (_, document, fields) => {
  expect(loggedPayload(document, fields)).toBeUndefined();
});

test.each([
  [domainOnly, 'mia@members.example', '***@members.example'],
  [domainOnly, 'Mia Chen <mia@members.example>', '***@members.example'],
  [domainOnly, '"mia@home" <mia@members.example> ', '***@members.example'],
  [domainOnly, 'Mia Chen', '***'],
  [withoutQuery, 'https://a.example/b?signature=c#d', 'https://a.example/b'],
  [withoutQuery, 'not a URL?signature=c', '***'],
  [uuidOnly, '5c0e7a52-4f1b-4a3e-9d7c-1b2f6a8e3d40', '5c0e7a52-4f1b-4a3e-9d7c-1b2f6a8e3d40'],
  [uuidOnly, 'mia@members.example', '***'],
])('%p converts %j to %j', (format, text, logged) => {
  expect(format(text)).toBe(logged);
});

test('limits the length of fields and lists', () => {
  const payload = loggedPayload({ ids: Array(100).fill('x'.repeat(1_000)) }, { ids: verbatim });

  expect(JSON.stringify(payload).length).toBeLessThan(5_000);
});

// The logger redacts each line afterwards, which would hide a gap in the list.
test.each(everyBody())(
  'contains nothing private of $file even before redaction',
  ({ provider, text }) => {
    const document = JSON.parse(text);
    const logged = JSON.stringify(loggedPayload(document, registry[provider].payloadAllowlist));

    expect(logged).toContain('created_at');
    expect(logged).not.toMatch(/https?:[^"?#]*[?#]/);
    expect(privateTextsIn(document).filter((one) => logged.includes(one))).toEqual([]);
  },
);

const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}"x"${']'.repeat(levels)}`);

test('leaves out lists within lists, however deep', () => {
  for (const levels of [2, 10_000, 400_000])
    expect(
      loggedPayload({ id: nested(levels), name: 'n' }, { id: verbatim, name: verbatim }),
    ).toEqual({ id: [undefined], name: 'n' });
  expect(loggedPayload({ data: nested(10_000) }, { data: { id: verbatim } })).toEqual({
    data: [undefined],
  });
});

test('logs at most 200 values of one payload', () => {
  const twenty = <Item>(item: Item) => Array.from({ length: 20 }, () => item);
  const document = { a: twenty({ b: twenty({ c: twenty('x'.repeat(300)) }) }) };

  const text = JSON.stringify(loggedPayload(document, { a: { b: { c: verbatim } } }));

  expect(text.match(/x+/g)).toHaveLength(200);
  expect(text.length).toBeLessThan(100_000);
});
