import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makeTemporaryDirectory } from '../../local/temporary-directory.ts';
import { eventually } from '../support/eventually.ts';
import { expectOperatorCommands } from '../support/operator-journey.ts';
import {
  node,
  START_MS,
  sentences,
  useCommands,
  waitUntilStarted,
} from '../support/run-program.ts';

const { run, stateDirectory } = useCommands();

describe('npm start', () => {
  test(
    'prints routes, schedules and next steps, and stops at Ctrl-C with exit code 0',
    async () => {
      const local = run(['npm', 'start', '--silent', '--', '--no-watch', '--port', '0']);
      await waitUntilStarted(local);
      expect(local.output()).toMatch(/POST http:\/\/127\.0\.0\.1:\d+\/api\/v1\/webhooks\/mux/);
      expect(local.output()).toMatch(
        /rate\(1 minute\) Etc\/UTC, next: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+/,
      );
      expect(local.output()).toContain('npm run send -- mux video.asset.ready');

      const send = run(node('cli/main.ts', 'send', 'mux', 'video.asset.ready'));
      expect(await send.ended()).toBe(0);
      expect(send.output()).toMatch(/response +200/);
      expect(send.output()).toMatch(/video +.*→ ready/);
      expect(send.output()).toMatch(/playback +https:.*token=.{8}…/);
      expect(send.output()).toMatch(/mail +'/);

      const bounces = run(
        node('cli/main.ts', 'send', 'resend', 'email.bounced', '--to', 'mia@members.example'),
      );
      expect(await bounces.ended()).toBe(0);
      expect(bounces.output()).toMatch(/delivery +asset\.ready to mia@members\.example: bounced/);
      expect(bounces.output()).toMatch(/address +mia@members\.example: permanent; not suppressed/);

      const rejected = run(node('cli/main.ts', 'send', 'mux', '--body', '{"type":"x"}'));
      expect(await rejected.ended()).toBe(1);
      expect(rejected.output()).toContain('400 {"code":"missing-event-id"}');

      const unknown = run(
        node('cli/main.ts', 'send', 'mux', 'video.asset.ready', '--asset', 'nope'),
      );
      expect(await unknown.ended()).toBe(3);
      expect(sentences(unknown.output()).at(-1)).toMatch(
        /^The portal has no video 'nope'\. It has/,
      );

      const smoke = run(node('cli/main.ts', 'smoke'));
      expect(await smoke.ended()).toBe(0);
      expect(JSON.parse(sentences(smoke.output()).at(-1) ?? '')).toMatchObject({ healthy: true });

      await expectOperatorCommands(run);

      const second = run(node('cli/main.ts', 'start', '--no-watch', '--port', '0'));
      expect(await second.ended()).toBe(1);
      expect(sentences(second.output())).toEqual([
        expect.stringMatching(/already runs at .* Stop that process first/),
      ]);

      // A terminal sends the signal to every process of the group.
      process.kill(-(local.child.pid ?? 0), 'SIGINT');
      expect(await local.ended()).toBe(0);
      expect(local.output()).toContain('Stopped; all queues are empty.');
    },
    // Runs a dozen commands besides.
    2 * START_MS,
  );

  test(
    'keeps its data for the next start, and stops at SIGTERM',
    async () => {
      const first = run(node('cli/main.ts', 'start', '--no-watch', '--port', '0'));
      await waitUntilStarted(first);
      const added = run(
        node('cli/main.ts', 'send', 'mux', 'video.asset.ready', '--title', 'Keep me'),
      );
      expect(await added.ended()).toBe(0);
      first.child.kill('SIGTERM');
      expect(await first.ended()).toBe(0);

      const second = run(node('cli/main.ts', 'start', '--no-watch', '--port', '0'));
      await waitUntilStarted(second);
      const sent = run(
        node('cli/main.ts', 'send', 'mux', 'video.asset.deleted', '--asset', 'keep me'),
      );
      expect(await sent.ended()).toBe(0);
      expect(sent.output()).toContain('Keep me: ready → deleted');
      second.child.kill('SIGTERM');
      expect(await second.ended()).toBe(0);
    },
    START_MS,
  );

  test(
    'starts after an instance that was killed and left its Postgres running',
    async () => {
      const killed = run(node('cli/main.ts', 'start', '--no-watch', '--port', '0'));
      await waitUntilStarted(killed);
      killed.child.kill('SIGKILL');
      await killed.ended();

      const next = run(node('cli/main.ts', 'start', '--no-watch', '--port', '0'));
      await waitUntilStarted(next);
      next.child.kill('SIGINT');
      expect(await next.ended()).toBe(0);
    },
    START_MS,
  );

  test(
    'ends at once at a second Ctrl-C while the stop hangs',
    async () => {
      const local = run(node('cli/main.ts', 'start', '--no-watch', '--port', '0'));
      await waitUntilStarted(local);
      const pidFile = join(stateDirectory(), 'postgres', 'postmaster.pid');
      const postgres = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
      process.kill(postgres, 'SIGSTOP');
      try {
        local.child.kill('SIGINT');
        const first = await Promise.race([
          local.ended(),
          new Promise((done) => setTimeout(done, 1_500, 'stopping')),
        ]);
        expect(first).toBe('stopping');
        local.child.kill('SIGINT');
        expect(await local.ended()).toBe(130);
      } finally {
        process.kill(postgres, 'SIGCONT');
        // The directory can be removed only after Postgres has stopped writing.
        await eventually(
          () => existsSync(pidFile),
          (exists) => !exists,
        );
      }
    },
    START_MS,
  );

  test(
    'reports a port in use in one sentence',
    async () => {
      const other = createServer();
      await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
      const { port } = other.address() as AddressInfo;
      const local = run(node('cli/main.ts', 'start', '--no-watch', '--port', String(port)));
      expect(await local.ended()).toBe(1);
      expect(sentences(local.output())).toEqual([
        expect.stringMatching(/^Starting/),
        expect.stringContaining(`Port ${port} of 127.0.0.1 is in use`),
      ]);
      await new Promise((done) => other.close(done));
    },
    START_MS,
  );

  test.each([
    [
      'postgres://127.0.0.1:1/portal',
      'Postgres cannot be reached at 127.0.0.1:1/portal (connection refused)',
    ],
    ['mysql://127.0.0.1/portal', 'DATABASE_URL is not a Postgres URL'],
  ])(
    'reports the unusable DATABASE_URL=%s in one sentence',
    async (url, message) => {
      const local = run(node('cli/main.ts', 'start', '--no-watch', '--port', '0'), {
        DATABASE_URL: url,
      });
      expect(await local.ended()).toBe(1);
      expect(sentences(local.output())).toEqual([
        expect.stringMatching(/^Starting/),
        expect.stringContaining(message),
      ]);
    },
    START_MS,
  );

  test('reports a Node.js version that is too old in one sentence', async () => {
    const script = `
      Object.defineProperty(process.versions, 'node', { value: '20.11.0' });
      require('./cli/require-node.cjs')`;
    const check = run(node('--eval', script));
    expect(await check.ended()).toBe(1);
    expect(sentences(check.output())).toEqual([expect.stringContaining('This is Node.js 20.11.0')]);
  });
});

// test/unit/cli/send/send-event.test.ts has the other invalid arguments.
test.each([
  ['an unknown option', 2, ['mux', '--loud'], "Unknown option '--loud'"],
  [
    'an event while no instance runs',
    1,
    ['mux', 'video.asset.ready'],
    'run `npm start` in another terminal first',
  ],
])('npm run send reports %s in one sentence', async (_, code, args, message) => {
  const send = run(node('cli/main.ts', 'send', ...args));
  expect(await send.ended()).toBe(code);
  expect(sentences(send.output())).toEqual([expect.stringContaining(message)]);
});

test(
  'npm run demo passes all checks',
  async () => {
    const temporary = makeTemporaryDirectory('demo-tmp');
    const demo = run(node('cli/main.ts', 'demo'), { TMPDIR: temporary.path });
    const code = await demo.ended();
    expect(demo.output()).toContain('All checks passed.');
    expect(code).toBe(0);
    temporary.remove();
  },
  2 * START_MS,
);
