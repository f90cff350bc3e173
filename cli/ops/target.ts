import { findRunning, NOT_RUNNING, stateDirectory } from '../../local/running-instance.ts';
import { UserError } from '../../local/user-error.ts';
import { BadInputError } from '../command-line/errors.ts';
import { didYouMean } from '../command-line/suggest.ts';
import { readStackOutputs } from './stack-outputs.ts';
import { readStages, type StageFiles, stageFiles } from './stages.ts';

/** The instance of `npm start` on this machine. */
export interface LocalTarget {
  readonly isLocal: true;
  readonly url: string;
  readonly region: string;
  readonly controlUrl: string;
}

export interface StageTarget {
  readonly isLocal: false;
  readonly url: string;
  readonly region: string;
  /** Undefined if only the URL of the API is known. */
  readonly stage: string | undefined;
}

export type Target = LocalTarget | StageTarget;

/** Value of --stage that selects this machine even if OPS_STAGE names a stage. */
export const LOCAL_STAGE = 'local';

const DEFAULT_REGION = 'ap-southeast-2';

export interface TargetOptions {
  readonly stage?: string | undefined;
  /** Option or variable that names the stage. @default --stage */
  readonly stageFrom?: string | undefined;
  readonly apiUrl?: string | undefined;
}

/**
 * Chooses between the options and the environment: an option has priority over OPS_STAGE.
 *
 * @throws a BadInputError if the options contradict each other.
 */
export function chooseTarget(
  { stage, apiUrl }: TargetOptions,
  environment: Readonly<Record<string, string | undefined>>,
): TargetOptions {
  if (stage === LOCAL_STAGE && apiUrl !== undefined)
    throw new BadInputError(
      `--stage ${LOCAL_STAGE} and --api-url contradict each other: give one of them.`,
    );
  if (stage !== undefined || apiUrl !== undefined) return { stage, apiUrl };
  const named = environment['OPS_STAGE'];
  return named ? { stage: named, stageFrom: 'OPS_STAGE' } : {};
}

/** Finds the API of a deployed stage, or of the local instance if no stage and no URL are given. */
export async function findTarget(
  { stage, stageFrom, apiUrl }: TargetOptions,
  files: StageFiles = stageFiles,
  readOutputs: typeof readStackOutputs = readStackOutputs,
): Promise<Target> {
  if (apiUrl !== undefined) return deployedTarget(validateUrl(apiUrl), stage);
  if (stage !== undefined && stage !== LOCAL_STAGE) {
    const region = regionOfStage(stage, files, stageFrom);
    return findStage(stage, region, readOutputs);
  }
  const running = await findRunning(stateDirectory);
  if (running === undefined)
    throw new UserError(`${NOT_RUNNING} For a deployed stage, give --stage: see --help.`);
  if (running.at === undefined)
    throw new UserError('Local mode is still starting. Try again in a moment.');
  const { url, controlUrl } = running.at;
  return { isLocal: true, url, controlUrl, region: DEFAULT_REGION };
}

/**
 * @param given Option or variable that names the stage.
 * @throws a BadInputError for a stage that cdk.json does not name.
 */
export function regionOfStage(
  stage: string,
  files: StageFiles = stageFiles,
  given = '--stage',
): string {
  const regions = readStages(files);
  const region = regions.get(stage);
  if (region !== undefined) return region;
  const names = [...regions.keys(), LOCAL_STAGE];
  throw new BadInputError(
    `${given}: unknown stage '${stage}': expected one of ${names.join(', ')}.` +
      `${didYouMean(stage, names)} The stages are in cdk.json.`,
  );
}

async function findStage(
  stage: string,
  region: string,
  readOutputs: typeof readStackOutputs,
): Promise<StageTarget> {
  const outputs = await readOutputs(stage, region);
  const url = outputs['ApiUrl'];
  if (url === undefined)
    throw new UserError(`The stack of stage '${stage}' has no output ApiUrl: deploy it again.`);
  return { isLocal: false, url: withoutSlash(url), region, stage };
}

const deployedTarget = (url: string, stage: string | undefined): StageTarget => ({
  isLocal: false,
  url,
  region: regionOf(url),
  stage,
});

function validateUrl(url: string): string {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return withoutSlash(url);
  throw new BadInputError(
    `--api-url '${url}' is invalid: expected https://…, the value of the stack output ApiUrl.`,
  );
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '');

const regionOf = (url: string) => /\.execute-api\.([a-z0-9-]+)\./.exec(url)?.[1] ?? DEFAULT_REGION;
