import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openEvidencePublicKey, openEvidenceSigner } from '../../../../lambdas/platform/aws/kms.ts';
import {
  isSignedBy,
  parsePublicKey,
  sha256,
} from '../../../../lambdas/platform/evidence-signature.ts';
import { type AwsEndpoint, startAwsEndpoint } from '../../../../local/aws/aws-endpoint.ts';
import { makeKms, openKeys } from '../../../../local/aws/kms.ts';
import { makeTemporaryDirectory } from '../../../../local/temporary-directory.ts';
import { useAwsEnvironment } from '../../../support/aws/aws-service.ts';

const directory = makeTemporaryDirectory('kms');
const keyId = 'arn:aws:kms:ap-southeast-2:000000000000:key/evidence';
const report = '{"report":1}\n';
let endpoint: AwsEndpoint;

beforeAll(async () => {
  const unused = () => {
    throw new Error('KMS uses neither buses nor functions.');
  };
  endpoint = await startAwsEndpoint({
    buses: unused,
    functions: unused,
    secrets: {
      find: () => undefined,
      put: unused,
      add: unused,
      setStages: unused,
      age: unused,
    },
    metrics: { minutes: unused, age: unused } as never,
    keys: openKeys(directory.path),
  });
  useAwsEnvironment({ AWS_ENDPOINT_URL_KMS: endpoint.url });
});

afterAll(async () => {
  await endpoint.stop();
  directory.remove();
});

test('the SDK signs a hash, and the public key verifies the document', async () => {
  const signature = await openEvidenceSigner(keyId).sign(sha256(report));
  const key = await openEvidencePublicKey(keyId)();

  expect(isSignedBy(key, report, signature)).toBe(true);
  expect(isSignedBy(key, `${report} `, signature)).toBe(false);
  const other = await openEvidencePublicKey(`${keyId}-of-another-stage`)();
  expect(isSignedBy(other, report, signature)).toBe(false);
});

test('openssl verifies a signature with the public key in a file', async () => {
  const signature = await openEvidenceSigner(keyId).sign(sha256(report));
  const { pem, fingerprint } = await openEvidencePublicKey(keyId)();
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(directory.path, name), content);
    return join(directory.path, name);
  };
  const key = file('public-key.pem', pem);

  const verified = execFileSync('openssl', [
    'dgst',
    '-sha256',
    '-verify',
    key,
    '-signature',
    file('report.sig', signature),
    file('report.json', report),
  ]);
  const der = execFileSync('openssl', ['pkey', '-pubin', '-in', key, '-outform', 'DER']);

  expect(verified.toString()).toContain('Verified OK');
  expect(sha256(der)).toBe(fingerprint);
});

test('a key outlives the run in a file that only its user can read', () => {
  const [first, second] = [openKeys(directory.path), openKeys(directory.path)];

  expect(second.privateKey(keyId).equals(first.privateKey(keyId))).toBe(true);
  expect(statSync(join(directory.path, 'evidence.pem')).mode & 0o777).toBe(0o600);
});

test.each([
  ['a digest of another length', { Message: Buffer.alloc(31).toString('base64') }],
  ['a message instead of a digest', { MessageType: 'RAW' }],
  ['another algorithm', { SigningAlgorithm: 'ECDSA_SHA_256' }],
])('rejects %s as KMS does', (_, wrong) => {
  const sign = makeKms(openKeys(directory.path))['TrentService.Sign'];

  expect(
    sign?.({
      KeyId: keyId,
      Message: Buffer.alloc(32).toString('base64'),
      MessageType: 'DIGEST',
      SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
      ...wrong,
    }),
  ).toMatchObject({ errorType: 'ValidationException' });
});

test('rejects text that is not a public key', () => {
  expect(() => parsePublicKey('no key')).toThrow();
});
