import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configurationNames } from './configurations.ts';
import { synthesize } from './synthesize.ts';

/**
 * Synthesizes all stages once per test run, because each takes seconds. Only prod's code is
 * bundled: code does not depend on the stage.
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
