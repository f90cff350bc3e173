import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { differentAssets, readAssets } from '../../../scripts/pipeline/assembly-assets.ts';

const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes an assembly as cdk synth does, and reads its assets. */
function assemblyOf(stage: string, hashes: Readonly<Record<string, string>>) {
  const directory = join(folder, stage);
  mkdirSync(directory, { recursive: true });
  const code = Object.entries(hashes).map(([name, hash]) => [
    hash,
    {
      displayName: `${name}/Code`,
      source: { path: `asset.${hash}`, packaging: 'zip' },
    },
  ]);
  const template = { displayName: 'Template', source: { path: 'webhooks.template.json' } };
  const files = { ...Object.fromEntries(code), [`template-of-${stage}`]: template };
  writeFileSync(join(directory, 'webhooks.assets.json'), JSON.stringify({ files }));
  return readAssets(directory);
}

test('the same code in all stages is no difference, although the templates differ', () => {
  const stages = ['dev', 'prod'].map(
    (stage) => [stage, assemblyOf(stage, { Verifier: 'aa', Processor: 'bb' })] as const,
  );

  expect(stages.map(([, assets]) => assets.size)).toEqual([2, 2]);
  expect(differentAssets(new Map(stages))).toEqual([]);
});

test('names each function whose code differs between stages', () => {
  const stages = new Map([
    ['dev', assemblyOf('dev', { Verifier: 'aa', Processor: 'bb' })],
    ['prod', assemblyOf('prod', { Verifier: 'aa', Processor: 'cc' })],
  ]);

  expect(differentAssets(stages)).toEqual(['Processor/Code: dev bb, prod cc']);
});

test('a function that only one stage has is no difference', () => {
  const stages = new Map([
    ['dev', assemblyOf('dev', { Verifier: 'aa' })],
    ['prod', assemblyOf('prod', { Verifier: 'aa', Rotation: 'dd' })],
  ]);

  expect(differentAssets(stages)).toEqual([]);
});

test('rejects a folder without an assembly', () => {
  expect(() => readAssets(folder)).toThrow('run cdk synth');
});
