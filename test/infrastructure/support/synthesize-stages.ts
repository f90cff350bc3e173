import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemblyDirectory, storeAssembly } from '../../../local/cloudformation/synthesize.ts';
import { assemblyCache } from '../../../local/running-instance.ts';
import { configurationNames } from './configurations.ts';
import { projectRoot, synthesize } from './synthesize.ts';

const preload = [join(import.meta.dirname, 'record-acknowledged.mjs')];

/**
 * Synthesizes all stages once per test run, because each takes seconds. Only dev's code is bundled:
 * code does not depend on the stage, and local mode runs dev. TEST_STAGES, such as `dev,prod`,
 * limits the stages for a run over a copy of the project.
 */
export default async function synthesizeStages(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'synth-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const stored = assemblyDirectory({ project: projectRoot, cache: assemblyCache, stage: 'dev' });
  const syntheses = await Promise.all(
    chosenStages().map(async (stage) => {
      const directory = join(root, stage);
      const synthesis = await synthesize({
        stage,
        directory,
        bundle: stage === 'dev',
        preload,
      });
      if (stage === 'dev' && synthesis.exitCode === 0) store(directory, stored);
      return { stage, directory, ...synthesis };
    }),
  );
  process.env['TEST_SYNTHESES'] = JSON.stringify(syntheses);
}

function chosenStages(): readonly string[] {
  const chosen = process.env['TEST_STAGES']?.split(',') ?? configurationNames;
  const unknown = chosen.filter((stage) => !configurationNames.includes(stage));
  if (unknown.length === 0) return chosen;
  throw new Error(`TEST_STAGES: ${unknown} is none of ${configurationNames.join(', ')}.`);
}

/** Keeps an assembly for the instances that later tests start, which takes half a minute less. */
function store(directory: string, stored: string): void {
  if (existsSync(stored)) return;
  const unfinished = `${stored}.${process.pid}`;
  mkdirSync(assemblyCache, { recursive: true });
  cpSync(directory, unfinished, {
    recursive: true,
    filter: (path) => path !== join(directory, 'home'),
  });
  storeAssembly(stored, unfinished);
}
