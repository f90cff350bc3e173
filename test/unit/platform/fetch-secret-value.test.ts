import { describe, expect, test } from '@jest/globals';
import * as sdk from '../../../lambdas/platform/aws/secrets.ts';
import * as lite from '../../../lambdas/platform/aws-lite/get-secret-value.ts';
import { answers, fails, useAwsService } from '../../support/aws/aws-service.ts';
import { useStdout } from '../../support/stdout.ts';

const service = useAwsService({ keepsPort: true });
useStdout();

const secretId = 'motion-mavericks/test/mux/webhook-signing-secret';

describe.each([
  ['the AWS SDK', sdk.fetchSecretValue],
  ['aws-lite', lite.fetchSecretValue],
])('fetchSecretValue with %s', (_, fetchSecretValue) => {
  test('reads the given version and trims white space', async () => {
    service.behaves(answers(200, { SecretString: '  s3cr3t\n' }));

    expect(await fetchSecretValue(secretId, 'AWSPREVIOUS')).toBe('s3cr3t');
    expect(service.requests.at(-1)).toMatchObject({
      headers: {
        'x-amz-target': 'secretsmanager.GetSecretValue',
        'content-type': 'application/x-amz-json-1.1',
        authorization: expect.stringContaining('/secretsmanager/aws4_request'),
      },
      input: { SecretId: secretId, VersionStage: 'AWSPREVIOUS' },
    });
    expect(service.requests.at(-1)?.input).toEqual({
      SecretId: secretId,
      VersionStage: 'AWSPREVIOUS',
    });
  });

  test.each([
    ['a missing secret or version', fails(400, 'ResourceNotFoundException')],
    ['an empty value', answers(200, { SecretString: '' })],
    ['a blank value', answers(200, { SecretString: ' \n' })],
    ['a binary value', answers(200, { SecretBinary: 'AAEC' })],
  ])('returns undefined for %s', async (_, behaviour) => {
    service.behaves(behaviour);

    expect(await fetchSecretValue(secretId, 'AWSCURRENT')).toBeUndefined();
  });

  test.each([
    'AccessDeniedException',
    'DecryptionFailure',
    'InvalidRequestException',
    'InternalServiceError',
  ])('rejects with %s for a secret that cannot be read', async (type) => {
    service.behaves(fails(400, type));

    const error = await fetchSecretValue(secretId, 'AWSPREVIOUS').catch((reason) => reason);

    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code]).toContain(type);
  });

  test('explains that a denied secret may not exist', async () => {
    service.behaves(fails(400, 'AccessDeniedException'));

    await expect(fetchSecretValue(secretId, 'AWSCURRENT')).rejects.toThrow(
      `No access to the secret ${secretId}, or it does not exist. See docs/deploy.md: step 2`,
    );
  });
});
