import * as z from 'zod';
import { awsRequest } from '../aws-lite/aws-client.ts';
import type { FetchSecret, SecretVersion } from './secrets.ts';

export interface VersionOfSecret {
  readonly id: string;
  readonly createdAt: Date;
}

export interface SecretVersions {
  readonly current: VersionOfSecret | undefined;
  readonly previous: VersionOfSecret | undefined;
}

export type ListVersions = (secretId: string) => Promise<SecretVersions>;

/** What a rotation does to one secret. None of it is read before it is asked for. */
export interface RotatedSecret {
  versions(): Promise<SecretVersions>;
  value(stage: SecretVersion): Promise<string | undefined>;
  /** What was current is then previous. The same version may be stored twice. */
  store(value: string, versionId: string): Promise<void>;
  /** What was current is then previous. */
  makeCurrent(versionId: string, instead: string): Promise<void>;
  dropPrevious(versionId: string): Promise<void>;
}

const ATTEMPT_MS = 3_000;

const page = z.object({
  Versions: z.array(
    z.object({
      VersionId: z.string(),
      VersionStages: z.array(z.string()).default([]),
      CreatedDate: z.number(),
    }),
  ),
  NextToken: z.string().optional(),
});

/**
 * Without any value. DescribeSecret would not do: its dates are those of the secret, and a new description or a dropped
 * version changes them too.
 */
export const listVersions: ListVersions = async (secretId) => {
  const versions: z.infer<typeof page>['Versions'] = [];
  let token: string | undefined;
  do {
    const answer = page.parse(
      await ask('ListSecretVersionIds', { SecretId: secretId, ...(token && { NextToken: token }) }),
    );
    versions.push(...answer.Versions);
    token = answer.NextToken;
  } while (token !== undefined);
  const at = (stage: string): VersionOfSecret | undefined => {
    const found = versions.find(({ VersionStages }) => VersionStages.includes(stage));
    return found && { id: found.VersionId, createdAt: new Date(found.CreatedDate * 1_000) };
  };
  return { current: at('AWSCURRENT'), previous: at('AWSPREVIOUS') };
};

export function openRotatedSecret(secretId: string, fetch: FetchSecret): RotatedSecret {
  return {
    versions: () => listVersions(secretId),
    value: (stage) => fetch(secretId, stage),
    async store(value, versionId) {
      await ask('PutSecretValue', {
        SecretId: secretId,
        SecretString: value,
        ClientRequestToken: versionId,
      });
    },
    async makeCurrent(versionId, instead) {
      await move(secretId, 'AWSCURRENT', {
        MoveToVersionId: versionId,
        RemoveFromVersionId: instead,
      });
    },
    async dropPrevious(versionId) {
      await move(secretId, 'AWSPREVIOUS', { RemoveFromVersionId: versionId });
    },
  };
}

const move = (secretId: string, stage: string, versions: Readonly<Record<string, string>>) =>
  ask('UpdateSecretVersionStage', { SecretId: secretId, VersionStage: stage, ...versions });

const ask = (operation: string, input: Readonly<Record<string, unknown>>) =>
  awsRequest({ service: 'secretsmanager', operation, input, attemptMs: ATTEMPT_MS });
