import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { readCredentials } from '../../credentials.ts';
import { signedGet } from './signed-request.ts';

/** Returns the account of the credentials. */
export async function readAccount(region: string): Promise<string> {
  const text = await signedGet('sts', region, '/', {
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
  });
  const [account] = /(?<=Account"?>?:?\s*"?)\d{12}/.exec(text) ?? [];
  if (account === undefined) throw new Error('The response of STS names no account.');
  return account;
}

/** Returns the limits on concurrent executions of the account. */
export async function readConcurrency(
  region: string,
): Promise<{ readonly quota: number; readonly unreserved: number }> {
  const client = new LambdaClient({ region, credentials: readCredentials() });
  const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
  const quota = AccountLimit?.ConcurrentExecutions ?? 0;
  return { quota, unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? quota };
}
