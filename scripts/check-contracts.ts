import { execFileSync } from 'node:child_process';
import type { JsonSchema } from '../lambdas/catalog/json-schema-type.ts';
import { breakingContracts } from './contracts/breaking-changes.ts';
import { readContracts } from './contracts/contract-files.ts';

const folder = 'contracts/schemas';
const [reference] = process.argv.slice(2);
if (reference === undefined || reference === '--help') {
  console.log(
    'Usage: node scripts/check-contracts.ts <git ref>\n' +
      'Compares the contracts of the domain events with those of a branch or commit, and ' +
      'fails if a consumer would break.',
  );
  process.exit(reference === undefined ? 2 : 0);
}

const found = breakingContracts(contractsAt(reference), readContracts('contracts'));
for (const change of found) console.error(change);
console.log(`${found.length} breaking changes since ${reference}`);
process.exitCode = found.length === 0 ? 0 : 1;

function contractsAt(commit: string): ReadonlyMap<string, JsonSchema> {
  const paths = git('ls-tree', '--name-only', commit, `${folder}/`).split('\n').filter(Boolean);
  return new Map(
    paths.map((path) => [
      path.slice(folder.length + 1).replace(/\.json$/, ''),
      JSON.parse(git('show', `${commit}:${path}`)) as JsonSchema,
    ]),
  );
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
