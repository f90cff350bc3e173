import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRunning, NOT_RUNNING, stateDirectory } from '../../local/running-instance.ts';
import { UserError } from '../../local/user-error.ts';

export interface Target {
  readonly url: string;
  readonly region: string;
  /** True for the local instance, which requires a signature but accepts any credentials. */
  readonly isLocal: boolean;
}

const DEFAULT_REGION = 'ap-southeast-2';

const outputsFile = join(import.meta.dirname, '../../cdk-outputs.json');

/** Finds the API of a deployed stage, or of the local instance if no stage and no URL are given. */
export async function findTarget(
  stage: string | undefined,
  apiUrl: string | undefined,
): Promise<Target> {
  if (apiUrl !== undefined) return deployedTarget(validateUrl(apiUrl));
  if (stage !== undefined) return deployedTarget(readDeployedUrl(stage));
  const running = await findRunning(stateDirectory);
  if (running?.at === undefined)
    throw new UserError(`${NOT_RUNNING} For a deployed stage, name the stage: see --help.`);
  return { url: running.at.url, region: DEFAULT_REGION, isLocal: true };
}

const deployedTarget = (url: string): Target => ({ url, region: regionOf(url), isLocal: false });

type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;

function readDeployedUrl(stage: string): string {
  const outputs: StackOutputs = existsSync(outputsFile)
    ? JSON.parse(readFileSync(outputsFile, 'utf8'))
    : {};
  const url = outputs[`motion-mavericks-${stage}-webhooks`]?.['ApiUrl'];
  if (url !== undefined) return url;
  throw new UserError(
    `cdk-outputs.json has no stage '${stage}'. A deploy from this machine writes the file. ` +
      'Otherwise give --api-url with the value of the stack output ApiUrl.',
  );
}

function validateUrl(url: string): string {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return url.replace(/\/+$/, '');
  throw new UserError(
    `--api-url '${url}' is invalid: expected https://…, the value of the stack output ApiUrl.`,
  );
}

const regionOf = (url: string) => /\.execute-api\.([a-z0-9-]+)\./.exec(url)?.[1] ?? DEFAULT_REGION;
