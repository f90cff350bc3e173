import { styleText } from 'node:util';
import { readAssembly } from '../cloudformation/assembly.ts';
import { entryOf } from '../cloudformation/function-code.ts';
import { type Resources, readResources } from '../cloudformation/resources.ts';
import { synthesizeTemplates } from '../cloudformation/synthesize.ts';
import type { LocalServices } from '../services.ts';
import { readAppFiles } from './app-files.ts';
import { type CodeParts, reportErrors } from './apply-code.ts';
import { describeUpdate, takeSnapshot } from './describe-update.ts';
import type { Batches } from './serial.ts';

/** Entry points of the CDK app, from the root of the project. */
export const APP_ENTRIES = ['bin/app.ts'];

export interface AppParts extends CodeParts {
  readonly project: string;
  /** Folder for the templates. */
  readonly directory: string;
  readonly stage: string;
  readonly services: Pick<LocalServices, 'openTemplate'>;
  /** Edits of functions, which are applied first. */
  readonly code: Pick<Batches<string>, 'idle'>;
}

/** Synthesizes the app and applies the difference. An error leaves everything as it is. */
export async function applyApp(parts: AppParts): Promise<void> {
  const { deployment, bundles, reporter, signal } = parts;
  const startedAt = performance.now();
  reporter.print('The CDK app has changed; synthesizing …');
  try {
    const resources = await synthesizeChecked(parts);
    if (resources === undefined || signal.aborted) return;
    if (!(await bundleNewFunctions(parts, resources))) return;
    const before = takeSnapshot(deployment.context().resources);
    await deployment.update({ ...deployment.context(), resources, code: bundles.code });
    const lines = describeUpdate(before, takeSnapshot(resources));
    for (const line of lines) reporter.print(`  ${line}`);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const result = lines.length === 0 ? 'no resource of local mode changed' : 'the app is live';
    reporter.print(styleText('green', `Synthesized after ${seconds} s: ${result}`));
  } catch (error) {
    if (signal.aborted) return;
    reportErrors(
      reporter,
      [(error as Error).message],
      'The resources of the old app keep running.',
    );
  }
}

async function synthesizeChecked({
  project,
  directory,
  stage,
  services,
  code,
  types,
  files,
  reporter,
  signal,
}: AppParts): Promise<Resources | undefined> {
  const synthesis = synthesizeTemplates({ project, directory, stage, signal });
  // A failed check returns before the synthesis ends.
  synthesis.catch(() => {});
  await code.idle();
  const problems = (await types.check(APP_ENTRIES)).filter(
    ({ file }) => /^(bin|lib)\//.test(file) || files.app.has(file),
  );
  if (problems.length > 0) {
    const texts = problems.map(({ text }) => text);
    reportErrors(reporter, texts, 'The resources of the old app keep running.');
    return undefined;
  }
  await synthesis;
  for (const path of await readAppFiles(project)) files.app.add(path);
  const resources = readResources(services.openTemplate(readAssembly(directory)));
  for (const type of resources.unknownTypes)
    reporter.warn(`Local mode does not know ${type}; see local/cloudformation/resources.ts.`);
  return resources;
}

/** Bundles functions that no earlier template had. @returns false after an error. */
async function bundleNewFunctions(
  { files, bundles, reporter }: AppParts,
  resources: Resources,
): Promise<boolean> {
  const entries = resources
    .ofType('AWS::Lambda::Function')
    .map(({ properties }) => entryOf(properties))
    .filter((entry) => !files.functions.has(entry));
  if (entries.length === 0) return true;
  const bundling = await bundles.build([...new Set(entries)]);
  if (bundling.kind === 'failed') {
    const texts = bundling.errors.map(({ text, location }) => `${location?.file}: ${text}`);
    reportErrors(reporter, texts, 'The resources of the old app keep running.');
    return false;
  }
  bundles.install(bundling.bundles);
  for (const [entry, bundle] of bundling.bundles) files.functions.set(entry, bundle.files);
  return true;
}
