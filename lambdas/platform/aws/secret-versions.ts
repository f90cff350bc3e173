import {
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type SecretVersionsListEntry,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { FetchSecret, SecretVersion } from '../secret-cache.ts';
import { callDeadline } from './call-limits.ts';
import { type SecretsManagerConnection, secretsManager } from './secrets.ts';

export interface VersionOfSecret {
  readonly id: string;
  readonly createdAt: Date;
}

export interface SecretVersions {
  readonly current: VersionOfSecret | undefined;
  readonly previous: VersionOfSecret | undefined;
}

export type ListVersions = (secretId: string) => Promise<SecretVersions>;

/** Operations of a rotation on one secret. Nothing is read before the first call. */
export interface RotatedSecret {
  versions(): Promise<SecretVersions>;
  value(stage: SecretVersion): Promise<string | undefined>;
  /** Returns why the function that reads the secret would reject a value; no part of the value. */
  faultOf(value: string): string | undefined;
  /**
   * Stores a new current version; the old one becomes previous. Storing the same version twice is
   * safe.
   * @throws UnusableSecretError for a value with a fault.
   */
  store(value: string, versionId: string): Promise<void>;
  /**
   * Moves AWSCURRENT from version `instead` to the previous version `versionId`; `instead` becomes
   * previous.
   * @throws UnusableSecretError if the previous value has a fault.
   */
  makeCurrent(versionId: string, instead: string): Promise<void>;
  dropPrevious(versionId: string): Promise<void>;
}

/**
 * Lists the labelled versions without their values. DescribeSecret is no alternative: its dates
 * belong to the secret, and a new description or a dropped version changes them too.
 */
export const listVersions: ListVersions = (secretId) => listWith(secretsManager, secretId);

async function listWith(
  connection: SecretsManagerConnection,
  secretId: string,
): Promise<SecretVersions> {
  const versions = await listAll(connection, secretId);
  const labelled = (stage: string): VersionOfSecret | undefined => {
    const found = versions.find(({ VersionStages }) => VersionStages?.includes(stage));
    return found && toVersion(found);
  };
  return { current: labelled('AWSCURRENT'), previous: labelled('AWSPREVIOUS') };
}

async function listAll(
  { client, limits }: SecretsManagerConnection,
  secretId: string,
): Promise<readonly SecretVersionsListEntry[]> {
  const versions: SecretVersionsListEntry[] = [];
  let token: string | undefined;
  do {
    const page = await client().send(
      new ListSecretVersionIdsCommand({ SecretId: secretId, NextToken: token }),
      callDeadline(limits),
    );
    versions.push(...(page.Versions ?? []));
    // An empty token also marks the last page.
    token = page.NextToken || undefined;
  } while (token !== undefined);
  return versions;
}

function toVersion({ VersionId, CreatedDate }: SecretVersionsListEntry): VersionOfSecret {
  if (VersionId === undefined || CreatedDate === undefined)
    throw new Error('The response of Secrets Manager has a version without an id or a date.');
  return { id: VersionId, createdAt: CreatedDate };
}

/** A value that must not become the current version. The message contains no part of it. */
export class UnusableSecretError extends Error {
  constructor(fault: string) {
    super(`${fault} The stored secret was not changed.`);
    this.name = 'UnusableSecretError';
  }
}

/** @param faultOf Checks a value as the function does that reads the secret. */
export function openRotatedSecret(
  secretId: string,
  fetch: FetchSecret,
  faultOf: RotatedSecret['faultOf'],
  connection = secretsManager,
): RotatedSecret {
  const { client, limits } = connection;
  const check = (value: string) => {
    const fault = faultOf(value);
    if (fault !== undefined) throw new UnusableSecretError(fault);
  };
  return {
    versions: () => listWith(connection, secretId),
    value: (stage) => fetch(secretId, stage),
    faultOf,
    async store(value, versionId) {
      check(value);
      await client().send(
        new PutSecretValueCommand({
          SecretId: secretId,
          SecretString: value,
          ClientRequestToken: versionId,
        }),
        callDeadline(limits),
      );
    },
    async makeCurrent(versionId, instead) {
      check((await fetch(secretId, 'AWSPREVIOUS')) ?? '');
      await client().send(
        new UpdateSecretVersionStageCommand({
          SecretId: secretId,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: versionId,
          RemoveFromVersionId: instead,
        }),
        callDeadline(limits),
      );
    },
    async dropPrevious(versionId) {
      await client().send(
        new UpdateSecretVersionStageCommand({
          SecretId: secretId,
          VersionStage: 'AWSPREVIOUS',
          RemoveFromVersionId: versionId,
        }),
        callDeadline(limits),
      );
    },
  };
}
