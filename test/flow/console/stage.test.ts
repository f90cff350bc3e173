import type { Server } from 'node:http';
import { afterAll, expect } from '@jest/globals';
import { BROWSER_MS, inBrowser, useBrowser } from '../../support/console/browser.ts';
import { createExhaustedEvent } from '../../support/console/exhausted-event.ts';
import { METRIC_VALUE, serve, useFakeStage } from '../../support/console/fake-stage.ts';
import { eventually } from '../../support/eventually.ts';
import { useLocal } from '../../support/local.ts';
import { node, useCommands } from '../../support/run-program.ts';

const local = useLocal();
const stage = useFakeStage(() => local().url);
const openPage = useBrowser();
const { run } = useCommands();
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const operations = '/api/v1/operations';
const actions = async (command: string) =>
  (
    await local().pool.query('select reason from portal.operator_actions where command = $1', [
      command,
    ])
  ).rows.map(({ reason }) => reason);

/** Starts the console of the stage as an operator does. @returns the address that it prints. */
async function startConsole() {
  const command = run(node('cli/main.ts', 'ops', 'console', '--stage', 'dev'), stage.environment);
  const address = () => /^Console of dev: (\S+)$/m.exec(command.output())?.[1];
  const isReady = () => address() !== undefined || command.child.exitCode !== null;
  await eventually(isReady, Boolean, BROWSER_MS / 2);
  const found = address();
  if (found === undefined) throw new Error(command.output());
  return { command, address: found, origin: new URL(found).origin };
}

inBrowser(
  'the console of a stage opens only by the printed address, and acts as the operator',
  async () => {
    const { event, repair } = await createExhaustedEvent(local());
    const { command, address, origin } = await startConsole();
    const { page, close, problems } = await openPage(`${origin}/console`);
    await page.getByRole('heading', { name: 'Open the printed address' }).waitFor();
    // Chromium reports the 401 on its console.
    expect(problems.splice(0)).toHaveLength(1);

    await page.goto(address);
    await page.getByText('dev', { exact: true }).first().waitFor();
    expect(page.url()).toBe(`${origin}/console`);
    const chart = page.getByRole('figure').filter({ hasText: 'Deliveries' }).first();
    await chart.getByText(`Accepted ${METRIC_VALUE}`).waitFor();

    await page.goto(`${origin}/console/events/mux/${event.id}`);
    await page.getByText('Attempt 1 failed').waitFor();
    stage.denied.add(`${operations}/events/replay`);
    await page.getByRole('button', { name: 'Replay' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Replay this event?' });
    const reason = dialog.getByLabel(/^Reason/);
    await reason.fill('The row is repaired');
    await page.keyboard.press('Enter');
    await dialog.getByText("Access denied: 'events replay' needs the policy").waitFor();
    expect(await reason.inputValue()).toBe('The row is repaired');
    expect(problems.splice(0)).toHaveLength(1);

    stage.denied.clear();
    await repair();
    await page.keyboard.press('Enter');
    await page.getByText(/^The newest replay was processed in /).waitFor();
    expect(await actions('events replay')).toEqual(['The row is repaired']);
    expect(stage.rejected).toEqual([]);
    expect(stage.accepted).toContain(`${operations}/events/show`);
    await close();

    process.kill(command.child.pid ?? 0, 'SIGINT');
    expect(await command.ended()).toBe(0);
  },
  2 * BROWSER_MS,
);

/** Tries what a page may do: read, post as a form and as a script, embed and open the console. */
const hostilePage = (origin: string, command: string) => `<!doctype html><title>Hostile</title>
<iframe id="frame" src="${origin}/console"></iframe>
<iframe name="sink"></iframe>
<form id="form" method="post" target="sink" enctype="text/plain"
  action="${origin}/console/api/commands"><input name='${command.slice(0, -1)},"x":"' value='"}'>
</form>
<script>
window.results = (async () => {
  const answerOf = (path, options) =>
    fetch('${origin}' + path, { credentials: 'include', ...options })
      .then(({ type, status }) => type + ' ' + status, () => 'blocked');
  document.getElementById('form').submit();
  const body = ${JSON.stringify(command)};
  return {
    read: await answerOf('/console/api/context'),
    page: await answerOf('/console'),
    json: await answerOf('/console/api/commands',
      { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
    simple: await answerOf('/console/api/commands', { method: 'POST', body, mode: 'no-cors' }),
    token: await answerOf('/console?token=guess'),
  };
})();
</script>`;

inBrowser(
  'a page of another site cannot read the console or act in it, though its cookie is sent',
  async () => {
    const { event } = await createExhaustedEvent(local());
    const { address, origin } = await startConsole();
    const { page, problems } = await openPage(address);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const replay = { provider: 'mux', event: event.id, reason: 'a hostile page' };
    const command = JSON.stringify({ command: 'events replay', arguments: replay });
    const before = await actions('events replay');

    // Another port of the same host is the same site, so the browser sends the cookie.
    const hostile = await serve(servers, (_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end(hostilePage(origin, command)),
    );
    const second = await page.context().newPage();
    const sent: string[] = [];
    second.on('response', (answer) => {
      if (answer.url().startsWith(origin))
        sent.push(`${answer.request().method()} ${answer.status()}`);
    });
    await second.goto(hostile);
    const results = await second.evaluate<Record<string, string>>('window.results');
    await second.waitForLoadState('networkidle');

    expect(results).toEqual({
      read: 'blocked',
      page: 'blocked',
      json: 'blocked',
      simple: 'blocked',
      token: 'blocked',
    });
    expect(sent).not.toContain('POST 200');
    expect(sent).toContain('POST 403');
    expect(await second.frameLocator('#frame').getByRole('heading').count()).toBe(0);
    expect(await actions('events replay')).toEqual(before);

    // The page of the operator still works: its session is not lost.
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  },
  2 * BROWSER_MS,
);

inBrowser(
  'a name of another site that resolves to this machine is rejected, token or not',
  async () => {
    const { address } = await startConsole();
    const { port, search } = new URL(address);
    const { page } = await openPage(`http://rebound.localhost:${port}/console${search}`);

    await page.getByText('Forbidden.').waitFor();
    expect(await page.context().cookies()).toEqual([]);
    await page.context().close();
  },
  BROWSER_MS,
);
