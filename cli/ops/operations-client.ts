import { Sha256 } from '@aws-crypto/sha256-js';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';
import { policyOutput } from '../../lambdas/catalog/operator-commands/operator-command.ts';
import {
  type CommandName,
  commandPath,
  operatorCommands,
} from '../../lambdas/catalog/operator-commands.ts';
import { parseJsonObject } from '../../lambdas/platform/json.ts';
import { UserError } from '../../local/user-error.ts';
import type { CommandRequest } from './options.ts';
import type { Target } from './target.ts';

/** Response body of an operator command. */
export type OperationResult = Readonly<Record<string, unknown>>;

/** The arguments name something that does not exist. */
export class NotFoundError extends UserError {}

/** The arguments are invalid. */
export class BadInputError extends UserError {}

export type RunCommand = (request: CommandRequest) => Promise<OperationResult>;

const TIMEOUT_MS = 35_000;

/** Returns a function that signs a command and posts it to the operations function of `target`. */
export function makeRunCommand({ url, region, isLocal }: Target): RunCommand {
  const signer = new SignatureV4({
    service: 'execute-api',
    region,
    credentials: isLocal ? localCredentials : readCredentials(),
    sha256: Sha256,
  });
  return async ({ command, arguments: given }) => {
    const { protocol, hostname, port, host } = new URL(url);
    const path = commandPath(command);
    const body = JSON.stringify(given);
    const { headers } = await signer.sign({
      method: 'POST',
      protocol,
      hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      path,
      headers: { host, 'content-type': 'application/json' },
      body,
    });
    return readResponse(await post(`${url}${path}`, headers, body), command);
  };
}

const localCredentials = { accessKeyId: 'LOCAL', secretAccessKey: 'local' };

function readCredentials() {
  const read = defaultProvider();
  return async () => {
    try {
      return await read();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UserError(`No AWS credentials found: ${reason} Sign in, or set AWS_PROFILE.`);
    }
  };
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return await fetch(url, { method: 'POST', headers, body, signal });
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new UserError(`${new URL(url).host} cannot be reached: ${reason}.`);
  }
}

async function readResponse(response: Response, command: CommandName): Promise<OperationResult> {
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  const { detail, isOurs } = readProblem(text);
  if (response.status === 404 && isOurs) throw new NotFoundError(detail);
  if (response.status === 404)
    throw new UserError(
      `The stage has no command '${command}'. It runs another version than this repository: ` +
        'deploy the stage, or check out its version.',
    );
  if (response.status === 400) throw new BadInputError(detail);
  if (response.status === 403)
    throw new UserError(
      `Access denied: '${command}' needs the policy of the stack output ` +
        `${policyOutput(operatorCommands[command].policy)}. Attach it to your identity.`,
    );
  throw new UserError(`${response.status}: ${detail}`);
}

/** API Gateway answers without a problem document, for example if no route exists. */
function readProblem(text: string): { readonly detail: string; readonly isOurs: boolean } {
  const { detail, message } = parseJsonObject(text) ?? {};
  return { detail: String(detail ?? message ?? text), isOurs: detail !== undefined };
}
