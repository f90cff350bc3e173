import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { migrationProblems } from './contracting-statements.ts';

const [deployed] = process.argv.slice(2);
if (deployed === undefined || deployed === '--help') {
  console.log(
    'Usage: node scripts/pipeline/check-migrations.ts <commit that is deployed>\n' +
      'Fails if a migration since that commit takes away what the deployed code may need.',
  );
  process.exit(deployed === undefined ? 2 : 0);
}

const added = git('diff', '--name-only', '--diff-filter=A', deployed, 'HEAD', '--', 'migrations')
  .split('\n')
  .filter((path) => /\/\d{4}_.*\.sql$/.test(path));
const migrations = added.map((name) => ({ name, sql: readFileSync(name, 'utf8') }));
const problems = migrationProblems(migrations, isDeployed);
for (const problem of problems) console.error(problem);
console.log(`${migrations.length} new migrations, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' });
}

function isDeployed(commit: string): boolean {
  const args = ['merge-base', '--is-ancestor', commit, deployed ?? ''];
  return spawnSync('git', args, { stdio: 'ignore' }).status === 0;
}
