import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  checkSecret,
  checkSecretBeforeDeploy,
} from '../../../../../cli/ops/doctor/checks/secret-checks.ts';
import { readSecret } from '../../../../../cli/ops/doctor/read/read-secrets.ts';
import { answers, fails, useAwsService } from '../../../../support/aws/aws-service.ts';

const service = useAwsService({ keepsPort: true });

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const pem = Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })).toString('base64');
const token = JSON.stringify({ tokenId: 'a', tokenSecret: 'b' });

const valid: Readonly<Record<string, string>> = {
  database: 'postgres://user:password@db.example.org/portal',
  'mux/webhook-signing-secret': 'a'.repeat(32),
  'mux/playback-signing-key': JSON.stringify({ keyId: 'k', privateKey: pem }),
  'mux/api-token': token,
  'mux/webhooks-api-token': token,
  'resend/webhook-signing-secret': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'resend/api-key': 're_AbCd1234_EfGh5678',
  'resend/webhooks-api-key': 're_AbCd1234_EfGh5678',
};
const nameOf = (path: string) => `motion-mavericks/prod/${path}`;

test.each(Object.entries(valid))('accepts a value of %s', (path, text) => {
  expect(checkSecret(nameOf(path), { state: 'filled', text })).toMatchObject({ status: 'ok' });
});

test.each(Object.keys(valid))('rejects other texts for %s and never repeats them', (path) => {
  fc.assert(
    fc.property(fc.string({ minLength: 8, maxLength: 20 }), (text) => {
      const filled = { state: 'filled', text: `<${text}>` } as const;
      const finding = checkSecret(nameOf(path), filled);

      expect(finding.status).toBe('problem');
      expect(JSON.stringify(finding)).not.toContain(filled.text);
    }),
  );
});

test.each(['absent', 'empty', 'denied'] as const)(
  'reports a secret that is %s, unless the deploy creates it',
  (state) => {
    const name = nameOf('mux/api-token');

    expect(checkSecret(name, { state })).toMatchObject({
      status: 'problem',
      fix: expect.stringMatching(/^aws secretsmanager (create-secret|put-secret-value) /),
    });
    expect(checkSecretBeforeDeploy(name, { state })).toMatchObject({ status: 'ok' });
  },
);

test('reports a malformed secret also before the deploy', () => {
  const read = { state: 'filled', text: 'short' } as const;

  expect(checkSecretBeforeDeploy(nameOf('mux/webhook-signing-secret'), read)).toMatchObject({
    status: 'problem',
  });
});

test.each([
  ['filled', answers(200, { SecretString: ' text\n' }), { state: 'filled', text: 'text' }],
  ['empty', answers(200, { SecretString: ' ' }), { state: 'empty' }],
  ['denied', fails(400, 'AccessDeniedException'), { state: 'denied' }],
  ['absent', fails(400, 'ResourceNotFoundException'), { state: 'absent' }],
])('reads a secret that is %s', async (_, behaviour, expected) => {
  service.behaves(behaviour);

  expect(await readSecret('ap-southeast-2', 'motion-mavericks/prod/database')).toEqual(expected);
});
