import { defaultProvider } from '@aws-sdk/credential-provider-node';
import aws4 from 'aws4';
import { operationsPath } from '../../lambdas/catalog/operator-commands.ts';
import { UserError } from '../../local/user-error.ts';
import type { Request } from './options.ts';
import type { Target } from './target.ts';

export type Answer = Readonly<Record<string, unknown>>;

/** Nothing has the name that was given. */
export class NotFoundError extends UserError {}

/** What was given cannot be right. */
export class BadInputError extends UserError {}

export type Call = (request: Request) => Promise<Answer>;

export function makeCall({ url, region, isLocal }: Target): Call {
  const credentials = isLocal
    ? async () => ({ accessKeyId: 'LOCAL', secretAccessKey: 'local' })
    : defaultProvider();
  return async (request) => {
    const body = JSON.stringify(request);
    const { host } = new URL(url);
    const headers = { Host: host, 'Content-Type': 'application/json' };
    const options = {
      service: 'execute-api',
      region,
      method: 'POST',
      path: operationsPath,
      headers,
      body,
    };
    const signed = aws4.sign(options, await signIn(credentials));
    const response = await post(
      `${url}${operationsPath}`,
      signed.headers as Record<string, string>,
      body,
    );
    return read(response);
  };
}

async function signIn(credentials: () => Promise<aws4.Credentials>): Promise<aws4.Credentials> {
  try {
    return await credentials();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `There are no AWS credentials to sign with: ${reason} Sign in, or set AWS_PROFILE.`,
    );
  }
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(35_000) });
  } catch (error) {
    throw new UserError(
      `${new URL(url).host} cannot be reached: ${error instanceof Error ? error.message : error}.`,
    );
  }
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  const detail = detailOf(text);
  if (response.status === 404) throw new NotFoundError(detail);
  if (response.status === 400) throw new BadInputError(detail);
  if (response.status === 403)
    throw new UserError(
      'You may not do this: attach the policy of the output OperatorsPolicyArn to your identity.',
    );
  throw new UserError(`${response.status}: ${detail}`);
}

function detailOf(text: string): string {
  try {
    const { detail, message } = JSON.parse(text);
    return String(detail ?? message ?? text);
  } catch {
    return text;
  }
}
