import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRunning, NOT_RUNNING, stateDirectory } from '../../local/running-instance.ts';
import { UserError } from '../../local/user-error.ts';

export interface Target {
  readonly url: string;
  readonly region: string;
  /** Local mode asks for a signature and does not look at whose it is. */
  readonly isLocal: boolean;
}

const outputsFile = join(import.meta.dirname, '../../cdk-outputs.json');

/** Where the operations function is: the instance on this machine, or a deployed stage. */
export async function findTarget(
  stage: string | undefined,
  apiUrl: string | undefined,
): Promise<Target> {
  if (apiUrl !== undefined)
    return { url: checked(apiUrl), region: regionOf(apiUrl), isLocal: false };
  if (stage !== undefined) {
    const url = deployedUrl(stage);
    return { url, region: regionOf(url), isLocal: false };
  }
  const running = await findRunning(stateDirectory);
  if (running?.at === undefined)
    throw new UserError(`${NOT_RUNNING} Or name a deployed stage: see --help.`);
  return { url: running.at.url, region: 'ap-southeast-2', isLocal: true };
}

function deployedUrl(stage: string): string {
  const outputs = existsSync(outputsFile)
    ? (JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<
        string,
        Record<string, string> | undefined
      >)
    : {};
  const url = outputs[`motion-mavericks-${stage}-webhooks`]?.['ApiUrl'];
  if (url !== undefined) return url;
  throw new UserError(
    `cdk-outputs.json says nothing of the stage '${stage}'. It is written by a deploy from this machine; otherwise give --api-url, which the stack's output ApiUrl holds.`,
  );
}

function checked(url: string): string {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return url.replace(/\/+$/, '');
  throw new UserError(`--api-url ${url}: expected https://…, as the stack's output ApiUrl says.`);
}

const regionOf = (url: string) =>
  /\.execute-api\.([a-z0-9-]+)\./.exec(url)?.[1] ?? 'ap-southeast-2';
