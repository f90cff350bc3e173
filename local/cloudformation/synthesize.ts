import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../user-error.ts';

export interface Synthesis {
  /** A cloud assembly, named for its sources: it does not change any more. */
  readonly directory: string;
  readonly reused: boolean;
}

export interface SynthesisOptions {
  readonly project: string;
  readonly cache: string;
  readonly stage: string;
}

/** Everything that an assembly is made from. */
const SOURCES = [
  'bin',
  'lib',
  'lambdas',
  'migrations',
  'cdk.json',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];
// Tests of one tree and a running instance of another state of it use the cache at the same time.
const KEPT_ASSEMBLIES = 6;

/** Writes the assembly that `cdk deploy` would, unless the same sources were synthesized before. */
export async function synthesize({ project, cache, stage }: SynthesisOptions): Promise<Synthesis> {
  const directory = join(cache, hashOf(project, stage));
  if (existsSync(join(directory, 'manifest.json'))) {
    utimesSync(directory, new Date(), new Date());
    return { directory, reused: true };
  }

  mkdirSync(cache, { recursive: true });
  const unfinished = `${directory}.${process.pid}`;
  await runApp(project, unfinished, stage);
  moveTo(directory, unfinished);
  forgetOld(cache);
  return { directory, reused: false };
}

function moveTo(directory: string, unfinished: string): void {
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    // Whoever started at the same moment was faster; its assembly is the same.
    if (!existsSync(join(directory, 'manifest.json'))) throw error;
    rmSync(unfinished, { recursive: true });
  }
}

function hashOf(project: string, stage: string): string {
  const hash = createHash('sha256').update(`${stage}\n${process.version}\n`);
  for (const source of SOURCES) addToHash(hash, project, source);
  return hash.digest('hex').slice(0, 16);
}

function addToHash(hash: ReturnType<typeof createHash>, project: string, path: string): void {
  const full = join(project, path);
  if (!existsSync(full)) return;
  if (!statSync(full).isDirectory()) {
    hash.update(`${path}\n`).update(readFileSync(full));
    return;
  }
  for (const entry of readdirSync(full).sort()) addToHash(hash, project, `${path}/${entry}`);
}

async function runApp(project: string, directory: string, stage: string): Promise<void> {
  // The CLI would pass cdk.json's context on; without it, that is ours to do.
  const { context } = JSON.parse(readFileSync(join(project, 'cdk.json'), 'utf8')) as {
    context?: object;
  };
  const app = spawn(process.execPath, ['bin/app.ts'], {
    cwd: project,
    env: {
      ...process.env,
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, stage }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [app.stdout, app.stderr])
    stream.on('data', (chunk) => {
      output = `${output}${chunk}`.slice(-8_000);
    });
  const code = await new Promise((resolve, reject) => {
    app.once('error', reject);
    app.once('close', resolve);
  });
  if (code === 0) return;
  rmSync(directory, { recursive: true, force: true });
  throw new UserError(`The app cannot be synthesized; \`node bin/app.ts\` says:\n${output.trim()}`);
}

function forgetOld(cache: string): void {
  const byAge = readdirSync(cache)
    .map((name) => ({ path: join(cache, name), usedAt: usedAt(join(cache, name)) }))
    .sort((a, b) => b.usedAt - a.usedAt);
  for (const { path } of byAge.slice(KEPT_ASSEMBLIES))
    rmSync(path, { recursive: true, force: true });
}

// Another start may have renamed or removed it a moment ago; then there is nothing to forget.
const usedAt = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
