import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../../local/temporary.ts';
import { eventually } from '../support/eventually.ts';

const START_MS = 90_000;

interface Command {
  readonly child: ChildProcess;
  output(): string;
  ended(): Promise<number | null>;
}

const started: ChildProcess[] = [];
let state: TemporaryDirectory;

beforeEach(() => {
  state = makeTemporaryDirectory('commands');
});
afterEach(async () => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  state.remove();
});

function run(command: readonly string[], environment: Readonly<Record<string, string>> = {}): Command {
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    cwd: resolve('.'),
    env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: '', LOCAL_STATE_DIRECTORY: state.path, ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = new Promise<number | null>((done) => child.once('close', done));
  return { child, output: () => output, ended: () => ended };
}

const node = (...args: readonly string[]) => [process.execPath, ...args];

async function startedUp(command: Command): Promise<void> {
  await eventually(command.output, (text) => text.includes('Ctrl-C stops.'), START_MS);
  expect(command.output()).toContain('Ctrl-C stops.');
}

const sentence = (text: string) => text.trim().split('\n');

describe('npm start', () => {
  test(
    'tells its routes, schedules and what to do next, and at Ctrl-C stops with exit code 0',
    async () => {
      const local = run(['npm', 'start', '--silent', '--', '--port', '0']);
      await startedUp(local);
      expect(local.output()).toMatch(/POST http:\/\/127\.0\.0\.1:\d+\/api\/v1\/webhooks\/mux/);
      expect(local.output()).toContain('rate(1 minute)');
      expect(local.output()).toContain('npm run send -- mux video.asset.ready');

      const send = run(node('local/send.ts', 'mux', 'video.asset.ready'));
      expect(await send.ended()).toBe(0);
      expect(send.output()).toMatch(/answer +200/);
      expect(send.output()).toMatch(/asset +.*→ ready/);
      expect(send.output()).toMatch(/playback +https:.*token=.{8}…/);
      expect(send.output()).toMatch(/mail +'/);

      // As a terminal does: to every process of the group.
      process.kill(-(local.child.pid ?? 0), 'SIGINT');
      expect(await local.ended()).toBe(0);
      expect(local.output()).toContain('Stopped; all queues are empty.');
    },
    START_MS,
  );

  test(
    'starts again with what was there, and stops at SIGTERM',
    async () => {
      const first = run(node('local/main.ts', '--port', '0'));
      await startedUp(first);
      const added = run(node('local/send.ts', 'mux', 'video.asset.ready', '--title', 'Keep me'));
      expect(await added.ended()).toBe(0);
      first.child.kill('SIGTERM');
      expect(await first.ended()).toBe(0);

      const second = run(node('local/main.ts', '--port', '0'));
      await startedUp(second);
      const sent = run(node('local/send.ts', 'mux', 'video.asset.deleted', '--asset', 'keep me'));
      expect(await sent.ended()).toBe(0);
      expect(sent.output()).toContain('Keep me: ready → deleted');
      second.child.kill('SIGTERM');
      expect(await second.ended()).toBe(0);
    },
    START_MS,
  );

  test(
    'says in one sentence that its port is in use',
    async () => {
      const other = createServer();
      await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
      const { port } = other.address() as AddressInfo;
      const local = run(node('local/main.ts', '--port', String(port)));
      expect(await local.ended()).toBe(1);
      expect(sentence(local.output())).toEqual([expect.stringContaining(`Port ${port} of 127.0.0.1 is in use`)]);
      await new Promise((done) => other.close(done));
    },
    START_MS,
  );

  test.each([
    ['postgres://127.0.0.1:1/portal', 'Postgres cannot be reached at 127.0.0.1:1/portal (connection refused)'],
    ['mysql://127.0.0.1/portal', 'DATABASE_URL is not a Postgres URL'],
  ])(
    'says in one sentence that DATABASE_URL=%s leads nowhere',
    async (url, message) => {
      const local = run(node('local/main.ts', '--port', '0'), { DATABASE_URL: url });
      expect(await local.ended()).toBe(1);
      expect(sentence(local.output())).toEqual([expect.stringContaining(message)]);
    },
    START_MS,
  );

  test('says in one sentence that Node is too old', async () => {
    const pretend = `Object.defineProperty(process.versions, 'node', { value: '20.11.0' }); require('./local/require-node.cjs')`;
    const check = run(node('--eval', pretend));
    expect(await check.ended()).toBe(1);
    expect(sentence(check.output())).toEqual([expect.stringContaining('this is Node.js 20.11.0')]);
  });
});

describe('npm run send', () => {
  test.each([
    ['nothing', [], 'No provider is given: expected mux'],
    ['an unknown provider', ['stripe', 'x'], "There is no provider 'stripe': expected mux"],
    ['an unknown type', ['mux', 'video.asset.lost'], 'video.upload.created, video.upload.asset_created'],
    ['an unknown option', ['--loud'], "Unknown option '--loud'"],
    [
      'too many deliveries',
      ['mux', 'video.asset.ready', '--times', '1000'],
      '--times takes a whole number from 1 to 100',
    ],
    ['an event while nothing runs', ['mux', 'video.asset.ready'], 'run `npm start` in another terminal first'],
  ])('given %s says in one sentence what is wrong', async (_, args, message) => {
    const send = run(node('local/send.ts', ...args));
    expect(await send.ended()).toBe(1);
    expect(sentence(send.output())).toEqual([expect.stringContaining(message)]);
  });
});

test(
  'npm run demo ends with exit code 0, and leaves nothing behind',
  async () => {
    const temporary = makeTemporaryDirectory('demo-tmp');
    const demo = run(node('local/demo.ts'), { TMPDIR: temporary.path });
    const code = await demo.ended();
    expect(demo.output()).toContain('Everything was as it should be.');
    expect(code).toBe(0);
    temporary.remove();
  },
  START_MS,
);
