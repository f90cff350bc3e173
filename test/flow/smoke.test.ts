import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { makeCall } from '../../cli/ops/operations-client.ts';
import { smokeAll } from '../../cli/smoke/smoke-test.ts';
import { providers } from '../../lambdas/catalog/providers.ts';
import { useLocal } from '../support/local.ts';
import { node, sentences, useCommands } from '../support/run-program.ts';

const lines: Record<string, unknown>[] = [];
// Three receives with their pauses take less than a second and a half.
const local = useLocal({ timeScale: 1 / 120, onLine: (_, text) => lines.push(fieldsOf(text)) });
const JOURNEY_MS = 60_000;

const call = (request: Parameters<ReturnType<typeof makeCall>>[0]) =>
  makeCall({ url: local().url, region: 'ap-southeast-2', isLocal: true })(request);

const smoke = async (timeoutSeconds: number) => {
  const said: string[] = [];
  const results = await smokeAll({
    call,
    url: local().url,
    timeoutSeconds,
    say: (line) => said.push(line),
  });
  return { results, said: said.join('\n') };
};

function fieldsOf(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** A digest of every row of every table, by table. */
async function everyTable(): Promise<ReadonlyMap<string, string>> {
  const { pool } = local();
  const { rows } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'portal' and table_type = 'BASE TABLE'`,
  );
  const digest = async (name: string) =>
    (
      await pool.query<{ digest: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest from portal.${name} as t`,
      )
    ).rows[0]?.digest ?? '';
  return new Map(
    await Promise.all(rows.map(async ({ name }) => [name, await digest(name)] as const)),
  );
}

test('on a healthy instance an event of each provider comes through, is recorded as ours, and changes nothing', async () => {
  const before = await everyTable();

  const { results, said } = await smoke(20);

  expect(
    results.map(({ provider, healthy, steps }) => [
      provider,
      healthy,
      steps.map(({ step }) => step),
    ]),
  ).toEqual(providers.map((provider) => [provider, true, ['signed', 'accepted', 'recorded']]));
  expect(said).toMatch(
    /^mux\n {2}signed +smoke-.+ \(\d+ ms\)\n {2}accepted +200 .+\n {2}recorded +synthetic, attempt 1/,
  );
  const after = await everyTable();
  const changed = [...after]
    .filter(([name, digest]) => digest !== before.get(name))
    .map(([name]) => name);
  // The ledger, and the claim that keeps an event from being applied twice.
  expect(changed.sort()).toEqual(['idempotency_records', 'webhook_events']);
  expect(before.size).toBeGreaterThan(10);
  for (const name of changed)
    expect(
      Number.parseInt(after.get(name) ?? '', 10) - Number.parseInt(before.get(name) ?? '', 10),
    ).toBe(providers.length);
});

test('it is no event of the provider: it is shown and listed apart, and counted apart', async () => {
  const since = lines.length;
  const { results } = await smoke(20);

  for (const { provider, event } of results) {
    const story = await call({ command: 'events show', arguments: { provider, event } });
    expect(story).toMatchObject({
      status: 'synthetic',
      type: 'motion_mavericks.smoke',
      notifications: [],
      domainEvents: [],
    });
  }
  const listed = async (status: string) =>
    (
      (await call({ command: 'events list', arguments: { status } }))['events'] as {
        event: string;
      }[]
    ).map(({ event }) => event);
  expect(await listed('synthetic')).toEqual(
    expect.arrayContaining(results.map(({ event }) => event)),
  );
  expect((await listed('ignored')).filter((event) => event.startsWith('smoke-'))).toEqual([]);
  const metrics = lines.slice(since).filter((line) => '_aws' in line);
  expect(
    metrics.filter((line) => 'Accepted' in line || 'Succeeded' in line || 'Failed' in line),
  ).toEqual([]);
  const smoked = (name: string) => metrics.reduce((sum, line) => sum + Number(line[name] ?? 0), 0);
  expect([smoked('SmokeAccepted'), smoked('SmokeRecorded'), smoked('SmokeFailed')]).toEqual([
    providers.length,
    providers.length,
    0,
  ]);
});

describe('says what is wrong', () => {
  test(
    'where Postgres is away: the event is accepted, and the ledger cannot be read',
    async () => {
      await local().database.server?.stop();
      const { results, said } = await smoke(3);
      await local().database.server?.startAgain();

      expect(results.map(({ healthy, steps }) => [healthy, steps.map(({ step }) => step)])).toEqual(
        providers.map(() => [false, ['signed', 'accepted']]),
      );
      for (const { problem } of results)
        expect(problem).toMatch(
          /accepted and is not in the ledger after 3 s\. .*Postgres is probably away/,
        );
      expect(said).toContain('  FAILED    It was accepted');
    },
    JOURNEY_MS,
  );

  test(
    'where the processor fails: the attempts, their error, and where the event is now',
    async () => {
      await local().pool.query(`
        create function portal.refuse() returns trigger language plpgsql as
          $$ begin raise exception 'refused on purpose' using errcode = 'P0042'; end $$;
        create trigger refuse before insert or update on portal.webhook_events
          for each row when (new.status = 'synthetic') execute function portal.refuse()`);
      const { results } = await smoke(6);
      await local().pool.query('drop function portal.refuse cascade');

      for (const { healthy, problem } of results) {
        expect(healthy).toBe(false);
        expect(problem).toMatch(
          /The ledger says failed after \d attempts: P0042 refused on purpose/,
        );
        expect(problem).toMatch(/It is a dead letter: .* docs\/runbook\.md#dead-letters/);
      }
    },
    JOURNEY_MS,
  );

  test(
    'where the signing secret is missing, is none, or is another than the verifier knows',
    async () => {
      const [mux, resend] = ['mux', 'resend'].map(
        (one) => `motion-mavericks/dev/${one}/webhook-signing-secret`,
      ) as [string, string];
      const original = local().secrets.find(resend)?.versions['AWSCURRENT'] ?? '';
      local().secrets.put(mux, '');
      local().secrets.put(resend, 'whsec_not base64!');
      const [noSecret, noKey] = (await smoke(3)).results;
      expect(noSecret?.problem).toMatch(
        /did not sign: 500: The secret \S+mux\/webhook-signing-secret has no value/,
      );
      expect(noKey?.problem).toMatch(/did not sign: 500: The signing secret is not whsec_/);

      // What runs reads the secret again within five minutes, and at once on one mismatch in half a minute.
      for (const round of [1, 2, 3, 4]) {
        local().secrets.put(mux, `another secret of round ${round}`);
        local().secrets.put(resend, `whsec_${randomBytes(24).toString('base64')}`);
        if (round === 2) await smoke(10);
      }
      const { results } = await smoke(3);
      for (const { steps, problem } of results) {
        expect(steps.map(({ step }) => step)).toEqual(['signed']);
        expect(problem).toMatch(
          /answered 400 \{"code":"signature-mismatch"\}\. The verifier has another signing secret/,
        );
      }
      local().secrets.put(resend, original);
    },
    JOURNEY_MS,
  );
});

describe('npm run smoke', () => {
  const { run } = useCommands();

  test.each([
    [
      'a stage that was not deployed from here',
      ['nowhere'],
      1,
      "cdk-outputs.json says nothing of the stage 'nowhere'",
    ],
    ['no instance', [], 1, 'run `npm start` in another terminal first'],
    ['two stages', ['dev', 'prod'], 2, "'prod' is too much"],
    ['an unknown option', ['--loud'], 2, "Unknown option '--loud'"],
    ['no time', ['--timeout', '0'], 2, '--timeout takes a whole number from 1 to 900'],
    ['an address without TLS', ['dev', '--api-url', 'http://a.example'], 1, 'expected https://'],
    [
      'an API that is not there',
      ['dev', '--api-url', 'https://127.0.0.1:9'],
      1,
      '127.0.0.1:9 cannot be reached',
    ],
  ])('given %s says in one sentence what is wrong', async (_, args, code, sentence) => {
    const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' };
    const command = run(node('cli/smoke.ts', ...args), keys);
    expect(await command.ended()).toBe(code);
    expect(command.output()).toContain(sentence);
    expect(sentences(command.output()).length).toBeLessThanOrEqual(5);
  });

  test('tells what it does with --help', async () => {
    const command = run(node('cli/smoke.ts', '--help'));
    expect(await command.ended()).toBe(0);
    expect(command.output()).toContain('changes nothing');
  });
});
