import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { policyOutput } from '../../lambdas/catalog/operator-commands/operator-command.ts';
import {
  accountHeader,
  type CommandName,
  commandPath,
  operatorCommands,
  stageHeader,
} from '../../lambdas/catalog/operator-commands.ts';
import { parseJsonObject } from '../../lambdas/platform/json.ts';
import { UserError } from '../../local/user-error.ts';
import { AccessDeniedError, BadInputError, NotFoundError } from '../command-line/errors.ts';
import { readCredentials } from './credentials.ts';
import type { Target } from './target.ts';

/** A command as typed; the operations function validates the arguments. */
export interface CommandRequest {
  readonly command: CommandName;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Response body of an operator command. */
export type OperationResult = Readonly<Record<string, unknown>>;

/** Stage and account as the operations function reports them. */
export interface Deployment {
  readonly stage: string | undefined;
  readonly account: string | undefined;
}

export type RunCommand = (request: CommandRequest) => Promise<OperationResult>;

const TIMEOUT_MS = 35_000;

/**
 * Returns a function that signs a command and posts it to the operations function of `target`.
 *
 * @param report Receives the deployment that answered.
 */
export function makeRunCommand(
  { url, region, isLocal }: Pick<Target, 'url' | 'region' | 'isLocal'>,
  report: (deployment: Deployment) => void = () => {},
): RunCommand {
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
    const response = await post(`${url}${path}`, headers, body);
    report({
      stage: response.headers.get(stageHeader) ?? undefined,
      account: response.headers.get(accountHeader) ?? undefined,
    });
    return readResponse(response, command);
  };
}

const localCredentials = { accessKeyId: 'LOCAL', secretAccessKey: 'local' };

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return await fetch(url, { method: 'POST', headers, body, signal });
  } catch (error) {
    // fetch hides the reason in the cause.
    const { cause = error } = Object(error) as Error;
    const reason = (cause as NodeJS.ErrnoException).message || String(cause);
    throw new UserError(`${new URL(url).host} cannot be reached: ${reason}.`);
  }
}

async function readResponse(response: Response, command: CommandName): Promise<OperationResult> {
  const text = await response.text();
  const { detail, isOurs } = readProblem(text);
  if (response.ok) {
    const result = parseJsonObject(text);
    if (result !== undefined) return result;
    throw new UserError(`${response.url} did not answer with JSON: is it the API of the stage?`);
  }
  if (response.status === 404 && isOurs) throw new NotFoundError(detail);
  if (response.status === 404)
    throw new UserError(
      `The stage has no command '${command}'. It runs another version than this repository: ` +
        'deploy the stage, or check out its version.',
    );
  if (response.status === 400) throw new BadInputError(detail);
  if (response.status === 403)
    throw new AccessDeniedError(
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
