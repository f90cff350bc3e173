import { beforeEach, expect, test } from '@jest/globals';
import type { CommandName } from '../../../lambdas/catalog/operator-commands.ts';
import {
  makeHandleOperatorCommand,
  type OperationsDeps,
} from '../../../lambdas/operations/handle-operator-command.ts';
import { operatorEvent } from '../../../local/console/operator-event.ts';
import { tamper } from '../../support/audit.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { useStdout } from '../../support/stdout.ts';

const database = useDatabase();
const lines = useStdout();
const operator = 'arn:aws:sts::000000000000:assumed-role/AWSReservedSSO_Ops/mira@example.org';
const started: string[] = [];

const deps = {
  pool: async () => database.pool,
  startJob: async (name: string) => void started.push(name),
  signSynthetic: async () => ({ event: 'smoke-1', path: '/p', headers: { s: 'v1=x' }, body: '{}' }),
  now: () => new Date(),
  stage: 'test',
  servedApi: { apiId: 'local', accountId: '000000000000', dashboardRole: 'Replay' },
} as unknown as OperationsDeps;

async function run(command: CommandName, given: object, changes: Partial<OperationsDeps> = {}) {
  const event = operatorEvent(command, given) as { requestContext: object };
  const signed = { ...event.requestContext, authorizer: { iam: { userArn: operator } } };
  const handle = makeHandleOperatorCommand({ ...deps, ...changes });
  const { statusCode, body = '{}' } = await handle({ ...event, requestContext: signed } as never);
  return { statusCode, body: JSON.parse(body) };
}

const recorded = async () =>
  (
    await database.pool.query(
      'select operator, command, reason, arguments, result from portal.operator_actions',
    )
  ).rows;

const failingInserts = `
  create function portal.fail() returns trigger language plpgsql as
    $$ begin raise exception 'the disk is full'; end $$;
  create trigger fails before insert on portal.operator_actions
    for each row execute function portal.fail()`;
const repair = `drop trigger if exists fails on portal.operator_actions;
  drop function if exists portal.fail()`;

beforeEach(async () => {
  started.length = 0;
  await database.pool.query(repair);
  await tamper(database.pool, 'truncate portal.operator_actions');
  await database.pool.query(
    `insert into portal.webhook_events (source, event_id, type, status, body, received_at, attempts)
     values ('mux', 'e1', 'video.asset.ready', 'processed', '{"id":"e1"}', now(), 1)
     on conflict do nothing`,
  );
});

test('records the reading of a body with the full identity, and never the body', async () => {
  const given = { provider: 'mux', event: 'e1', reason: 'asked for by support' };

  await expect(run('events body', given)).resolves.toMatchObject({
    statusCode: 200,
    body: { body: { id: 'e1' } },
  });

  expect(await recorded()).toEqual([
    {
      operator,
      command: 'events body',
      reason: 'asked for by support',
      arguments: { provider: 'mux', event: 'e1' },
      result: { outcome: 'revealed' },
    },
  ]);
});

test('shows no body with the event', async () => {
  const { body } = await run('events show', { provider: 'mux', event: 'e1' });

  expect(body).toMatchObject({ event: 'e1', hasBody: true });
  expect(body).not.toHaveProperty('body');
  expect(await recorded()).toEqual([]);
});

test('records a signed smoke event, and neither its signature nor its body', async () => {
  await run('smoke sign', { provider: 'mux' });

  expect(await recorded()).toMatchObject([
    { command: 'smoke sign', result: { outcome: 'revealed', event: 'smoke-1' } },
  ]);
  expect(JSON.stringify(await recorded())).not.toContain('v1=');
});

test('answers a command whose record cannot be written as done, and counts it', async () => {
  await database.pool.query(failingInserts);

  const { statusCode, body } = await run('jobs run', { name: 'prune', reason: 'the disk is full' });

  expect(started).toEqual(['prune']);
  expect(statusCode).toBe(200);
  expect(body).toMatchObject({
    started: 'prune',
    unaudited: expect.stringContaining('was carried out, but the audit log could not record it'),
  });
  expect(lines).toContainEqual(expect.objectContaining({ AuditRecordsMissing: 1 }));
  expect(lines).toContainEqual(
    expect.objectContaining({
      message: 'Audit record missing',
      operator: operator.replace('@', '%40'),
      given: { name: 'prune', reason: 'the disk is full' },
    }),
  );
});

test('shows no body if the reading cannot be recorded', async () => {
  await database.pool.query(failingInserts);

  const { statusCode, body } = await run('events body', { provider: 'mux', event: 'e1' });

  expect(statusCode).toBe(500);
  expect(body.detail).toBe('The audit log could not record the reading, so nothing is shown.');
  expect(JSON.stringify(body)).not.toContain('"id"');
});

test('reports the failure of a command as failed, recorded or not', async () => {
  const startJob = async () => {
    throw new Error('Lambda is down');
  };
  const failing = { startJob } as unknown as Partial<OperationsDeps>;

  await expect(run('jobs run', { name: 'prune' }, failing)).resolves.toMatchObject({
    statusCode: 500,
  });
  expect(await recorded()).toMatchObject([{ result: { outcome: 'failed' } }]);

  await database.pool.query(failingInserts);
  await expect(run('jobs run', { name: 'prune' }, failing)).resolves.toMatchObject({
    statusCode: 500,
    body: { detail: 'Lambda is down' },
  });
});

test('rejects a direct invocation, runs nothing and counts it', async () => {
  const handle = makeHandleOperatorCommand(deps);
  const forged = {
    routeKey: 'POST /api/v1/operations/jobs/run',
    requestContext: { authorizer: { iam: { userArn: operator } } },
    body: '{"name":"prune"}',
  };

  await expect(handle(forged as never)).resolves.toMatchObject({ statusCode: 403 });

  expect(started).toEqual([]);
  expect(await recorded()).toEqual([]);
  expect(lines).toContainEqual(expect.objectContaining({ ForeignInvocations: 1 }));
});
