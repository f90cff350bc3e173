import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../support/eventually.ts';
import {
  type Command,
  node,
  START_MS,
  useCommands,
  waitUntilStarted,
} from '../../support/run-program.ts';
import { copySources, type SourcesCopy } from '../../support/sources-copy.ts';

const VERIFIER = 'lambdas/providers/mux/verify.handler.ts';

let copy: SourcesCopy;
beforeAll(() => {
  copy = copySources();
});
afterAll(() => copy.remove());

const { run } = useCommands(() => copy.path);

/** Sends a request without a signature to the webhook route. @returns the status. */
async function statusOf(local: Command, method: 'POST' | 'PUT'): Promise<number> {
  const [url = ''] = /http:\S+\/webhooks\/mux/.exec(local.output()) ?? [];
  const { status } = await fetch(url, { method, body: '{}' });
  return status;
}

/** Waits until the instance has printed the text at least this many times. */
async function prints(local: Command, text: string, times = 1): Promise<void> {
  const count = () => local.output().split(text).length - 1;
  const seen = await eventually(count, (number) => number >= times, START_MS);
  expect([text, seen >= times]).toEqual([text, true]);
}

test(
  'edits of a handler and of the stack become live, and a broken edit changes nothing',
  async () => {
    const local = run(node('cli/main.ts', 'start', '--port', '0', '--postgres-port', '0'));
    await waitUntilStarted(local);
    expect(await statusOf(local, 'POST')).toBe(400);

    copy.edit(
      VERIFIER,
      'export const handler = ',
      'export const handler = async () => ({ statusCode: 202 });\nexport const original = ',
    );
    await prints(local, 's: MuxVerifier');
    expect(await statusOf(local, 'POST')).toBe(202);

    copy.edit(VERIFIER, '{ statusCode: 202 }', '{ statusCode: 203');
    await prints(local, 'Edit not applied. The old code keeps running.');
    expect(local.output()).toMatch(/\[ERROR\][\s\S]*verify\.handler\.ts:\d+:\d+/);
    expect(await statusOf(local, 'POST')).toBe(202);

    copy.restore(VERIFIER);
    await prints(local, 's: MuxVerifier', 2);
    expect(await statusOf(local, 'POST')).toBe(400);

    expect(await statusOf(local, 'PUT')).toBe(404);
    copy.edit(
      'lib/webhook-api.ts',
      'addRoutes({ path, methods: [HttpMethod.POST], integration })',
      'addRoutes({ path, methods: [HttpMethod.POST, HttpMethod.PUT], integration })',
    );
    await prints(local, 's: the app is live');
    expect(local.output()).toContain('added: route PUT /api/v1/webhooks/mux');
    expect(await statusOf(local, 'PUT')).toBe(400);

    local.child.kill('SIGINT');
    expect(await local.ended()).toBe(0);
  },
  2 * START_MS,
);
