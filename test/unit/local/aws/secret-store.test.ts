import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openSecrets } from '../../../../local/aws/secret-store.ts';
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from '../../../../local/temporary-directory.ts';

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = makeTemporaryDirectory('secrets');
});
afterEach(() => directory.remove());

const open = (path: string, environment: Readonly<Record<string, string>>) =>
  openSecrets({
    names: [`motion-mavericks/dev/${path}`],
    region: 'ap-southeast-2',
    databaseSecret: 'postgres://user:password@127.0.0.1:5432/portal',
    environment,
    file: join(directory.path, 'secrets.json'),
  }).find(`motion-mavericks/dev/${path}`)?.versions['AWSCURRENT']?.value;

test.each([
  ['mux/webhook-signing-secret', { MUX_WEBHOOK_SECRET: 'too-short' }, 'at least 24 characters'],
  ['resend/webhook-signing-secret', { RESEND_WEBHOOK_SECRET: 'whsec_AAAA' }, 'whsec_ followed by'],
  ['resend/api-key', { RESEND_API_KEY: 'sk_12345678' }, 'begins with re_'],
  [
    'mux/playback-signing-key',
    { MUX_SIGNING_KEY_ID: 'k', MUX_SIGNING_KEY_PRIVATE: 'rubbish' },
    'privateKey in PEM',
  ],
])('a start with an unusable value for %s says what is expected', (path, environment, expected) => {
  const start = () => open(path, environment);

  expect(start).toThrow(expected);
  expect(start).toThrow('Correct the variable');
  for (const value of Object.values(environment).filter(({ length }) => length > 1))
    expect(start).not.toThrow(value);
});

test('takes a usable value from the environment, and generates one otherwise', () => {
  const value = 'k'.repeat(32);

  expect(open('mux/webhook-signing-secret', { MUX_WEBHOOK_SECRET: value })).toBe(value);
  expect(open('mux/webhook-signing-secret', {})).toMatch(/^[0-9a-f]{32}$/);
});
