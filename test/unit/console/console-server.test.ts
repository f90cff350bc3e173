import { expect, test } from '@jest/globals';
import { consoleCommands } from '../../../console/console-api.ts';
import { MetricsDeniedError } from '../../../console/figures/metric-source.ts';
import { commandNames, operatorCommands } from '../../../lambdas/catalog/operator-commands.ts';
import { aBackend, json, useConsoleServer } from '../../support/console/console-server.ts';

const serve = useConsoleServer();

async function call(path: string, changes: Parameters<typeof aBackend>[0] = {}, body?: string) {
  const { backend, commands } = aBackend(changes);
  const { ask, login } = await serve(backend);
  const headers = { ...json, ...(await login()) };
  const method = body === undefined ? 'GET' : 'POST';
  const answer = await ask({ method, path, headers, ...(body === undefined ? {} : { body }) });
  return { ...answer, commands };
}

test('the page has no inline script, and its policy allows none', async () => {
  const { body, headers } = await call('/console');

  expect(headers['content-security-policy']).toContain("script-src 'self'");
  expect(headers['content-security-policy']).not.toContain('unsafe');
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(body).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=/);
  expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
});

test('a mail runs in a sandbox that loads nothing and runs no script', async () => {
  const html = '<script>parent.hacked = true</script><img src="https://evil.example/x.png">';
  const mails = { list: () => [], find: () => undefined, html: () => html };
  const { headers, body } = await call('/console/mails/m1/html', { mails });

  expect(body).toBe(html);
  const policy = String(headers['content-security-policy']);
  expect(policy.split('; ')).toEqual([
    'sandbox',
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    "form-action 'none'",
    "frame-ancestors 'self'",
  ]);
});

test.each([
  ['an operator command that the page does not use', { command: 'secrets rotate' }],
  ['an unknown command', { command: 'rm -rf' }],
  ['an unknown field', { command: 'events list', operator: 'eve' }],
  ['no JSON', undefined],
])('rejects %s', async (_, request) => {
  const body = request === undefined ? 'no json' : JSON.stringify(request);
  const answer = await call('/console/api/commands', {}, body);

  expect(answer.statusCode).toBe(400);
  expect(answer.commands).toEqual([]);
});

test('rejects a request of more than 64 KiB', async () => {
  const given = { text: 'x'.repeat(70_000) };
  const body = JSON.stringify({ command: 'events list', arguments: given });

  expect((await call('/console/api/commands', {}, body)).statusCode).toBe(400);
});

test('passes on the answer of the operations function, errors included', async () => {
  const runCommand = async () => ({ statusCode: 409, body: { detail: 'Not now.' } });
  const body = JSON.stringify({ command: 'events list' });

  expect(await call('/console/api/commands', { runCommand }, body)).toMatchObject({
    statusCode: 409,
    body: '{"detail":"Not now."}',
  });
});

test('says which permission the charts need, and hides private parts of other errors', async () => {
  const denied = await call('/console/api/figures?range=day', {
    readFigures: async () => {
      throw new MetricsDeniedError('User ana is not authorized');
    },
  });
  const failed = await call('/console/api/figures', {
    readFigures: async () => {
      throw new Error('no answer for token=abc of ana@example.org');
    },
  });

  expect(denied).toMatchObject({ statusCode: 403 });
  expect(denied.body).toContain('cloudwatch:GetMetricData');
  expect(failed).toMatchObject({ statusCode: 502 });
  expect(failed.body).not.toMatch(/abc|ana@/);
  expect((await call('/console/api/figures?range=year')).statusCode).toBe(400);
});

test.each(['/console/api/nothing', '/console/assets/other.js', '/console/api/mails/m1'])(
  'answers 404 to %s',
  async (path) => {
    expect((await call(path)).statusCode).toBe(404);
  },
);

test('the page may run only commands of the catalog, and none that rotates secrets', () => {
  expect(consoleCommands.filter((name) => !commandNames.includes(name))).toEqual([]);
  expect(
    consoleCommands.filter((name) => operatorCommands[name].policy === ('secrets' as string)),
  ).toEqual([]);
});
