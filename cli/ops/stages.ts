import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { parseJson } from '../../lambdas/platform/json.ts';
import { UserError } from '../../local/user-error.ts';

const project = join(import.meta.dirname, '../..');

/** Files in which this checkout names stages. */
export const stageFiles = {
  settings: join(project, 'cdk.json'),
};

export type StageFiles = typeof stageFiles;

const cdkJson = z.object({
  context: z.object({
    stages: z.record(z.string(), z.looseObject({ region: z.string() })),
  }),
});

export const stackNameOf = (stage: string) => `motion-mavericks-${stage}-webhooks`;

/** Maps each stage of cdk.json to its region. */
export function readStages({
  settings,
}: Pick<StageFiles, 'settings'>): ReadonlyMap<string, string> {
  const { context } = readFileAs(settings, cdkJson, 'Restore it: git checkout cdk.json.');
  return new Map(Object.entries(context.stages).map(([stage, { region }]) => [stage, region]));
}

function readFileAs<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  remedy: string,
): z.output<Schema> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const problem = parseJson(text) === undefined ? 'it is not JSON' : 'it has an unexpected form';
  throw new UserError(`${path} cannot be used: ${problem}. ${remedy}`);
}
