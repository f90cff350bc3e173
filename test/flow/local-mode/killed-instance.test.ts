import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../../support/eventually.ts';
import { node, START_MS, useCommands, waitUntilStarted } from '../../support/run-program.ts';

const { run, stateDirectory } = useCommands();

const pidFile = () => join(stateDirectory(), 'postgres', 'postmaster.pid');
const signalPostgres = (signal: NodeJS.Signals) =>
  process.kill(Number.parseInt(readFileSync(pidFile(), 'utf8'), 10), signal);

const start = (...options: readonly string[]) =>
  run(node('cli/main.ts', 'start', '--no-watch', '--port', '0', ...options));

/** Kills an instance that has accepted an event and cannot process it. */
async function killWithAnEvent(...options: readonly string[]): Promise<void> {
  const killed = start(...options);
  await waitUntilStarted(killed);
  // A frozen server accepts no connection, so the event stays in its queue.
  signalPostgres('SIGSTOP');
  run(node('cli/main.ts', 'send', 'mux', 'video.asset.created'));
  const file = join(stateDirectory(), 'unfinished-work.json');
  const recorded = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  await eventually(recorded, (text) => text.includes('mux-deliveries'), START_MS);
  killed.child.kill('SIGKILL');
  await killed.ended();
  signalPostgres('SIGCONT');
}

async function countProcessed(): Promise<number> {
  const port = readFileSync(pidFile(), 'utf8').split('\n')[3];
  const client = new pg.Client(`postgres://postgres@127.0.0.1:${port}/portal`);
  await client.connect();
  try {
    const { rowCount } = await client.query(
      `select from portal.webhook_events where source = 'mux' and status = 'processed'`,
    );
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}

test(
  'a start with --durable continues with the events of a killed instance',
  async () => {
    await killWithAnEvent('--durable');
    const next = start('--durable');
    await waitUntilStarted(next);

    expect(next.output()).toMatch(/killed at about .*Its messages are stored and continue now:/);
    expect(next.output()).toMatch(/mux-deliveries: \d waiting, \d received but not finished/);
    expect(await eventually(countProcessed, (count) => count > 0, START_MS)).toBe(1);
    next.child.kill('SIGINT');
    expect(await next.ended()).toBe(0);
  },
  4 * START_MS,
);

test(
  'a start after a kill reports the messages that were lost in memory',
  async () => {
    await killWithAnEvent();
    const next = start();
    await waitUntilStarted(next);

    expect(next.output()).toMatch(/queues were in memory, so these messages are lost:/);
    expect(next.output()).toMatch(/mux-deliveries: \d waiting, \d received but not finished/);
    expect(next.output()).toContain('A start with --durable keeps messages across a kill.');
    next.child.kill('SIGINT');
    expect(await next.ended()).toBe(0);

    const third = start();
    await waitUntilStarted(third);
    expect(third.output()).not.toContain('killed');
    third.child.kill('SIGINT');
    expect(await third.ended()).toBe(0);
  },
  4 * START_MS,
);

test(
  'ends without a stack at a Ctrl-C while initdb creates the database',
  async () => {
    const local = start();
    const started = () => existsSync(join(stateDirectory(), 'postgres', 'pg_wal'));
    await eventually(started, (exists) => exists, START_MS);
    process.kill(-(local.child.pid ?? 0), 'SIGINT');
    expect(await local.ended()).toBe(0);
    expect(local.output()).toContain('Stopping.');
    // initdb survives the signal in some of its phases.
    expect(local.output()).not.toMatch(/initdb failed|^ +at /m);
  },
  START_MS,
);
