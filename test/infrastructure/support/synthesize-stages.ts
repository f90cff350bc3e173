import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configurationNames } from './configurations.ts';
import { synthesize } from './synthesize.ts';

/**
 * Once for the run, as each stage takes seconds. Only prod's code is bundled: it is the same for all stages, as nothing
 * of a stage is in it.
 */
export default async function synthesizeStages(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'synth-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const syntheses = await Promise.all(
    configurationNames.map(async (stage) => {
      const directory = join(root, stage);
      return {
        stage,
        directory,
        ...(await synthesize({ stage, directory, bundle: stage === 'prod' })),
      };
    }),
  );
  process.env['TEST_SYNTHESES'] = JSON.stringify(syntheses);
}
