import { DescribeEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { readCredentials } from '../../credentials.ts';
import type { SecretRead } from '../checks/secret-checks.ts';
import type { LeftBehind, NamedResource } from '../left-behind.ts';

const nameOf = (error: unknown) => (error instanceof Error ? error.name : '');

const open = (region: string) =>
  new SecretsManagerClient({ region, credentials: readCredentials() });

export async function readSecret(region: string, name: string): Promise<SecretRead> {
  const client = open(region);
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }));
    const text = SecretString?.trim();
    return text ? { state: 'filled', text } : { state: 'empty' };
  } catch (error) {
    if (nameOf(error) === 'AccessDeniedException') return { state: 'denied' };
    if (nameOf(error) !== 'ResourceNotFoundException') throw error;
  }
  // Secrets Manager returns the same error for a secret that exists but has no value yet.
  return (await describeSecret(client, name)) === undefined
    ? { state: 'absent' }
    : { state: 'empty' };
}

async function describeSecret(client: SecretsManagerClient, name: string) {
  try {
    return await client.send(new DescribeSecretCommand({ SecretId: name }));
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Returns those of the resources that exist. */
export async function readLeftBehind(
  region: string,
  named: readonly NamedResource[],
): Promise<readonly LeftBehind[]> {
  const secrets = open(region);
  const buses = new EventBridgeClient({ region, credentials: readCredentials() });
  const found = await Promise.all(
    named.map(async (one): Promise<LeftBehind | undefined> => {
      if (one.type === 'AWS::SecretsManager::Secret') {
        const secret = await describeSecret(secrets, one.name);
        if (secret === undefined) return undefined;
        const isBeingDeleted = secret.DeletedDate !== undefined;
        return { ...one, identifier: { Id: secret.ARN ?? '' }, isBeingDeleted };
      }
      return (await busExists(buses, one.name))
        ? { ...one, identifier: { Name: one.name }, isBeingDeleted: false }
        : undefined;
    }),
  );
  return found.filter((one) => one !== undefined);
}

async function busExists(client: EventBridgeClient, name: string): Promise<boolean> {
  try {
    await client.send(new DescribeEventBusCommand({ Name: name }));
    return true;
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return false;
    throw error;
  }
}
