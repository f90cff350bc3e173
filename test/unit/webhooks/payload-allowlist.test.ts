import { expect, test } from '@jest/globals';
import type { Provider } from '../../../lambdas/catalog/providers.ts';
import { muxPayloadAllowlist } from '../../../lambdas/providers/mux/payload-allowlist.ts';
import { resendPayloadAllowlist } from '../../../lambdas/providers/resend/payload-allowlist.ts';
import {
  domainOnly,
  loggedPayload,
  type PayloadAllowlist,
  uuidOnly,
  verbatim,
  withoutQuery,
} from '../../../lambdas/webhooks/payload-allowlist.ts';
import { everyBody } from '../../support/fixtures.ts';
import { privateTextsIn } from '../../support/private-texts.ts';

test('what is named is logged, in the shape of the payload, and nothing else is', () => {
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
  ['what an object has from elsewhere', {}, { constructor: { name: verbatim } }],
  ['no object', 'x', { id: verbatim }],
  ['null', null, { id: verbatim }],
])('nothing is logged of %s', (_, document, fields) => {
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
])('%p writes %j as %j', (show, text, logged) => {
  expect(show(text)).toBe(logged);
});

test('a line stays one that can be read, however long a field is', () => {
  const payload = loggedPayload({ ids: Array(100).fill('x'.repeat(1_000)) }, { ids: verbatim });

  expect(JSON.stringify(payload).length).toBeLessThan(5_000);
});

const lists: Readonly<Record<Provider, PayloadAllowlist>> = {
  mux: muxPayloadAllowlist,
  resend: resendPayloadAllowlist,
};

// The redaction of each line comes after this, and would hide a hole here.
test.each(everyBody())(
  'of $file no list lets anything private through, by itself',
  ({ provider, text }) => {
    const document = JSON.parse(text);
    const logged = JSON.stringify(loggedPayload(document, lists[provider]));

    expect(logged).toContain('created_at');
    expect(logged).not.toMatch(/https?:[^"?#]*[?#]/);
    expect(privateTextsIn(document).filter((one) => logged.includes(one))).toEqual([]);
  },
);
