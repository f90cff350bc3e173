import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryDirectory } from '../../local/temporary-directory.ts';
import { findProgram } from '../machine.ts';

// The same row as the ledger's, and nothing else: what Postgres can do with one statement and one commit per event.
const SCRIPT = `
\\set id random(1, 9000000000000)
insert into portal.webhook_events (source, event_id, type, status, body, received_at)
values ('bench', :id::text, 'video.asset.ready', 'processed', :body, now())
on conflict (source, event_id) do nothing;
`;

export interface PgbenchRun {
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
  readonly body: string;
}

export const hasPgbench = findProgram('pgbench') !== undefined;

/** @returns transactions per second, without the time it takes to connect. */
export async function runPgbench({ url, clients, seconds, body }: PgbenchRun): Promise<number> {
  const directory = makeTemporaryDirectory('pgbench');
  const script = join(directory.path, 'insert.sql');
  writeFileSync(script, SCRIPT);
  const options = [
    '-n',
    '-M',
    'prepared',
    '-c',
    clients,
    '-j',
    Math.min(2, clients),
    '-T',
    seconds,
    '-f',
    script,
  ];
  const output = await outputOf('pgbench', [...options.map(String), '-D', `body=${body}`, url]);
  directory.remove();
  const rate = /tps = ([\d.]+) \(without initial/.exec(output)?.[1];
  if (rate === undefined) throw new Error(`pgbench said nothing of its rate:\n${output}`);
  return Number(rate);
}

function outputOf(program: string, options: readonly string[]): Promise<string> {
  const child = spawn(program, options, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${program} failed:\n${text}`)),
    );
  });
}
