import { expect, test } from '@jest/globals';
import {
  listVersions,
  openRotatedSecret,
} from '../../../../lambdas/platform/aws/secret-versions.ts';
import { answers, useAwsService } from '../../../support/aws/aws-service.ts';

const service = useAwsService({ keepsPort: true });
const version = (
  VersionId: string,
  VersionStages: readonly string[] | undefined,
  CreatedDate: number,
) => ({
  VersionId,
  VersionStages,
  CreatedDate,
});

test('finds the versions by their labels on all pages, with their creation times', async () => {
  service.behaves(
    answers(200, {
      Versions: [version('old', undefined, 1), version('v1', ['AWSPREVIOUS'], 2)],
      NextToken: 'more',
    }),
    answers(200, { Versions: [], NextToken: 'still' }),
    answers(200, { Versions: [version('v2', ['AWSPENDING', 'AWSCURRENT'], 1_772_323_200.25)] }),
  );

  await expect(listVersions('stage/secret')).resolves.toEqual({
    current: { id: 'v2', createdAt: new Date('2026-03-01T00:00:00.250Z') },
    previous: { id: 'v1', createdAt: new Date(2_000) },
  });
  expect(service.requests.map(({ headers }) => headers['x-amz-target'])).toEqual(
    Array.from({ length: 3 }, () => 'secretsmanager.ListSecretVersionIds'),
  );
  expect(service.requests.map(({ input }) => input)).toEqual([
    { SecretId: 'stage/secret' },
    { SecretId: 'stage/secret', NextToken: 'more' },
    { SecretId: 'stage/secret', NextToken: 'still' },
  ]);
});

test('returns no versions for a secret without a value', async () => {
  service.behaves(answers(200, { Versions: [] }));
  await expect(listVersions('stage/secret')).resolves.toEqual({
    current: undefined,
    previous: undefined,
  });
});

test('sends the requests that store a version and move labels', async () => {
  service.behaves(answers(200, {}));
  const secret = openRotatedSecret(
    'stage/secret',
    async (_, stage) => `value of ${stage}`,
    () => undefined,
  );

  await secret.store('new value', 'v3');
  await secret.makeCurrent('v1', 'v2');
  await secret.dropPrevious('v2');

  expect(service.requests.map(({ headers, input }) => [headers['x-amz-target'], input])).toEqual([
    [
      'secretsmanager.PutSecretValue',
      { SecretId: 'stage/secret', SecretString: 'new value', ClientRequestToken: 'v3' },
    ],
    [
      'secretsmanager.UpdateSecretVersionStage',
      {
        SecretId: 'stage/secret',
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: 'v1',
        RemoveFromVersionId: 'v2',
      },
    ],
    [
      'secretsmanager.UpdateSecretVersionStage',
      { SecretId: 'stage/secret', VersionStage: 'AWSPREVIOUS', RemoveFromVersionId: 'v2' },
    ],
  ]);
  await expect(secret.value('AWSPREVIOUS')).resolves.toBe('value of AWSPREVIOUS');
});
