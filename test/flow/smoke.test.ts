import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { makeRunCommand } from '../../cli/ops/operations-client.ts';
import { runSmokeTests } from '../../cli/smoke/smoke-test.ts';
import { providers } from '../../lambdas/catalog/providers.ts';
import { parseJson } from '../../lambdas/platform/json.ts';
import { eventually } from '../support/eventually.ts';
import { useLocal } from '../support/local.ts';
import { node, sentences, useCommands } from '../support/run-program.ts';

const lines: Record<string, unknown>[] = [];
// Three receives and the pauses between them take less than 1.5 s at this time scale.
const local = useLocal({
  timeScale: 1 / 120,
  onLine: (_, text) => lines.push(Object(parseJson(text))),
});

const runCommand = (request: Parameters<ReturnType<typeof makeRunCommand>>[0]) =>
  makeRunCommand({ url: local().url, region: 'ap-southeast-2', isLocal: true })(request);

let healthyEvents = 0;

const smoke = async (timeoutSeconds: number, run = runCommand) => {
  const reported: string[] = [];
  const results = await runSmokeTests({
    runCommand: run,
    url: local().url,
    timeoutSeconds,
    report: (line) => reported.push(line),
  });
  healthyEvents += results.filter(({ healthy }) => healthy).length;
  return { results, output: reported.join('\n') };
};

const metricsSince = (start: number) => lines.slice(start).filter((line) => '_aws' in line);
const sumOf = (metrics: readonly Record<string, unknown>[], name: string) =>
  metrics.reduce((sum, line) => sum + Number(line[name] ?? 0), 0);

/** Waits for the metrics of all healthy events. A function's answer can come before its lines. */
async function metricsOfAll(): Promise<void> {
  const complete = () =>
    Math.min(sumOf(metricsSince(0), 'SmokeAccepted'), sumOf(metricsSince(0), 'SmokeRecorded'));
  expect(await eventually(complete, (count) => count >= healthyEvents)).toBe(healthyEvents);
}

/** Reads the ledger only when the event is a dead letter, so that the test waits no longer. */
const runAfterDeadLetter: typeof runCommand = async (request) => {
  if (request.command === 'events show') {
    const { provider, event } = request.arguments as { provider: string; event: string };
    const list = () => runCommand({ command: 'dead-letters list', arguments: { provider } });
    await eventually(list, ({ queues }) => JSON.stringify(queues).includes(event));
  }
  return runCommand(request);
};

/** Returns a row count and a digest of all rows for each table. */
async function digestTables(): Promise<ReadonlyMap<string, string>> {
  const { pool } = local();
  const { rows } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'portal' and table_type = 'BASE TABLE'`,
  );
  const digest = async (name: string) => {
    const result = await pool.query<{ digest: string }>(
      `select count(*) || ' ' ||
              coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest
       from portal.${name} as t`,
    );
    return result.rows[0]?.digest ?? '';
  };
  return new Map(
    await Promise.all(rows.map(async ({ name }) => [name, await digest(name)] as const)),
  );
}

test('records a synthetic event of each provider and changes nothing else', async () => {
  const before = await digestTables();

  const { results, output } = await smoke(20);

  expect(
    results.map(({ provider, healthy, steps }) => [
      provider,
      healthy,
      steps.map(({ step }) => step),
    ]),
  ).toEqual(providers.map((provider) => [provider, true, ['signed', 'accepted', 'recorded']]));
  expect(output).toMatch(
    new RegExp(
      '^mux\\n {2}signed +smoke-.+ \\(\\d+ ms\\)' +
        '\\n {2}accepted +200 .+\\n {2}recorded +synthetic, attempt 1',
    ),
  );
  const after = await digestTables();
  const changed = [...after]
    .filter(([name, digest]) => digest !== before.get(name))
    .map(([name]) => name);
  // The ledger row, the idempotency record that keeps an event from being applied twice, and the
  // audit record of the signature.
  expect(changed.sort()).toEqual(['idempotency_records', 'operator_actions', 'webhook_events']);
  expect(before.size).toBeGreaterThan(10);
  for (const name of changed)
    expect(
      Number.parseInt(after.get(name) ?? '', 10) - Number.parseInt(before.get(name) ?? '', 10),
    ).toBe(providers.length);
});

test('lists and counts synthetic events apart from the events of the provider', async () => {
  await metricsOfAll();
  const since = lines.length;
  const { results } = await smoke(20);

  for (const { provider, event } of results) {
    const details = await runCommand({ command: 'events show', arguments: { provider, event } });
    expect(details).toMatchObject({
      status: 'synthetic',
      type: 'motion_mavericks.smoke',
      notifications: [],
      domainEvents: [],
    });
  }
  const listed = async (status: string) => {
    const { events } = await runCommand({ command: 'events list', arguments: { status } });
    return (events as { event: string }[]).map(({ event }) => event);
  };
  expect(await listed('synthetic')).toEqual(
    expect.arrayContaining(results.map(({ event }) => event)),
  );
  expect((await listed('ignored')).filter((event) => event.startsWith('smoke-'))).toEqual([]);
  await metricsOfAll();
  const metrics = metricsSince(since);
  expect(
    metrics.filter((line) => 'Accepted' in line || 'Succeeded' in line || 'Failed' in line),
  ).toEqual([]);
  const names = ['SmokeAccepted', 'SmokeRecorded', 'SmokeFailed'];
  expect(names.map((name) => sumOf(metrics, name))).toEqual([
    providers.length,
    providers.length,
    0,
  ]);
});

describe('explains the problem', () => {
  test('if Postgres is unavailable: the event is accepted, the ledger unread', async () => {
    await local().database.server?.stop();
    const { results, output } = await smoke(1);
    await local().database.server?.restart();

    expect(results.map(({ healthy, steps }) => [healthy, steps.map(({ step }) => step)])).toEqual(
      providers.map(() => [false, ['signed', 'accepted']]),
    );
    for (const { problem } of results)
      expect(problem).toMatch(
        /accepted, but was not recorded within 1 s\. .*Postgres is probably unavailable/,
      );
    expect(output).toContain('  FAILED    The event was accepted');
  });

  test('if the processor fails: the attempts, their error and the queue of the event', async () => {
    await local().pool.query(`
        create function portal.reject_event() returns trigger language plpgsql as
          $$ begin raise exception 'rejected on purpose' using errcode = 'P0042'; end $$;
        create trigger reject_event before insert or update on portal.webhook_events
          for each row when (new.status = 'synthetic') execute function portal.reject_event()`);
    const { results } = await smoke(1, runAfterDeadLetter);
    await local().pool.query('drop function portal.reject_event cascade');

    for (const { healthy, problem } of results) {
      expect(healthy).toBe(false);
      expect(problem).toMatch(/Its status is failed after \d attempts: P0042 rejected on purpose/);
      expect(problem).toMatch(/It is a dead letter, .* docs\/runbook\.md#dead-letters/);
    }
  });

  test('if the signing secret is missing, invalid, or not that of the verifier', async () => {
    const [mux, resend] = ['mux', 'resend'].map(
      (provider) => `motion-mavericks/dev/${provider}/webhook-signing-secret`,
    ) as [string, string];
    const original = local().secrets.find(resend)?.versions['AWSCURRENT']?.value ?? '';
    local().secrets.put(mux, '');
    local().secrets.put(resend, 'whsec_not base64!');
    const [missing, invalid] = (await smoke(3)).results;
    expect(missing?.problem).toMatch(
      /did not sign: 500: The secret \S+mux\/webhook-signing-secret has no value/,
    );
    expect(invalid?.problem).toMatch(/did not sign: 500: The signing secret is not whsec_/);

    // A verifier reloads the secret after five minutes, and once in 30 s after a mismatch.
    for (const round of [1, 2, 3, 4]) {
      local().secrets.put(mux, `another secret of round ${round}`);
      local().secrets.put(resend, `whsec_${randomBytes(24).toString('base64')}`);
      if (round === 2) await smoke(10);
    }
    const { results } = await smoke(3);
    for (const { steps, problem } of results) {
      expect(steps.map(({ step }) => step)).toEqual(['signed']);
      expect(problem).toMatch(
        new RegExp(
          'answered 400 \\{"code":"signature-mismatch"\\}\\. ' +
            'The verifier has a different signing secret',
        ),
      );
    }
    local().secrets.put(resend, original);
  });
});

describe('npm run smoke', () => {
  const { run } = useCommands();

  // test/unit/cli/smoke/smoke-program.test.ts has the invalid arguments.
  test.each([
    ['no running instance', [], 'run `npm start` in another terminal first'],
    [
      'an API that does not respond',
      ['dev', '--api-url', 'https://127.0.0.1:9'],
      '127.0.0.1:9 cannot be reached',
    ],
  ])('explains %s in a few sentences', async (_, args, sentence) => {
    const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' };
    const command = run(node('cli/main.ts', 'smoke', ...args), keys);
    expect(await command.ended()).toBe(1);
    expect(command.output()).toContain(sentence);
    expect(sentences(command.output()).length).toBeLessThanOrEqual(5);
  });
});
