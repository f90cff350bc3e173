import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { differentAssets, readAssets } from './assembly-assets.ts';

const [output] = process.argv.slice(2);
if (output === undefined || output === '--help') {
  console.log(
    'Usage: node scripts/pipeline/synthesize-stages.ts <folder>\n' +
      'Writes the assembly of every stage to <folder>/<stage>, and fails if their code differs.',
  );
  process.exit(output === undefined ? 2 : 0);
}

// deployed-commit.sh reads the file from the assembly that a stage runs.
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' });
const stages = Object.keys(cdkJson.context.stages);
for (const stage of stages) {
  console.log(`Synthesizing ${stage}`);
  const args = ['cdk', 'synth', '--quiet', '--context', `stage=${stage}`];
  const { status } = spawnSync('npx', [...args, '--output', join(output, stage)], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`cdk synth of ${stage} failed; its messages are above`);
  writeFileSync(join(output, stage, 'commit.txt'), commit);
}

const assets = new Map(stages.map((stage) => [stage, readAssets(join(output, stage))]));
const different = differentAssets(assets);
for (const asset of different) console.error(`Differs: ${asset}`);
const counts = [...assets].map(([stage, { size }]) => `${stage} ${size}`);
console.log(`Assets: ${counts.join(', ')}; ${different.length} differ`);
process.exitCode = different.length === 0 ? 0 : 1;
