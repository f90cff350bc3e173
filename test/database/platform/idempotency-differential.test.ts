import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
// @ts-expect-error: the package has no types.
import untypedDynalite from 'dynalite';
import {
  PostgresPersistenceLayer,
  TransactionPersistenceLayer,
} from '../../../lambdas/platform/postgres/idempotency.ts';
import {
  aGate,
  blockedSessions,
  type Harness,
  own,
  transactional,
  waitForOthers,
} from '../../support/idempotency/idempotency-harness.ts';
import { scenarios } from '../../support/idempotency/idempotency-scenarios.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const dynalite = untypedDynalite as (options: { createTableMs: number }) => Server;
const database = useDatabase({ connections: 30 });
const server = dynalite({ createTableMs: 0 });
let dynamo: DynamoDBClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
  dynamo = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'local',
    credentials,
  });
  await dynamo.send(
    new CreateTableCommand({
      TableName: 'idempotency',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  // Powertools warns about options that the scenarios omit on purpose.
  jest.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => jest.spyOn(Date, 'now').mockRestore());

afterAll(async () => {
  dynamo.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const reference: Harness = own(
  () => new DynamoDBPersistenceLayer({ tableName: 'idempotency', awsSdkV3Client: dynamo }),
);
const postgres: Harness = own(() => new PostgresPersistenceLayer(async () => database.pool));
const inTransaction: Harness = transactional(
  () => new TransactionPersistenceLayer(async () => database.pool),
);

describe.each([
  ['Powertools’ layer on DynamoDB', reference],
  ['the layer on Postgres', postgres],
])('%s', (_, harness) => {
  test.each(scenarios)('$title', async ({ play, outcome }) => {
    await expect(play(harness)).resolves.toEqual(outcome);
  });
});

describe('the layer bound to a transaction', () => {
  test.each(scenarios.filter(({ onlyOwn }) => onlyOwn !== true))(
    '$title',
    async ({ play, outcome }) => {
      await expect(play(inTransaction)).resolves.toEqual(outcome);
    },
  );

  test('differs: a concurrent duplicate waits and returns the first result', async () => {
    const gate = aGate();
    let executions = 0;
    const work = inTransaction({}).wrap(async () => {
      executions += 1;
      await gate.passed;
      return { answer: 42 };
    });

    const first = work({ id: 'waits' });
    await waitForOthers(() => executions === 1);
    const second = work({ id: 'waits' });
    await waitForOthers(async () => (await blockedSessions(database.pool)) === 1);
    gate.open();

    await expect(Promise.all([first, second])).resolves.toEqual([{ answer: 42 }, { answer: 42 }]);
    expect(executions).toBe(1);
  });

  test('differs: the claim of a dead process is free at once, before its deadline', async () => {
    let pid = 0;
    const grave = aGate();
    const subject = inTransaction({ remainingMs: 900_000 });
    const dead = subject.wrap(async (_, tx) => {
      const answer = await tx?.query<{ pid: number }>('select pg_backend_pid() as pid');
      pid = answer?.rows[0]?.pid ?? 0;
      await grave.passed;
    });
    const buried = dead({ id: 'abandoned' }).catch((error: Error) => error.name);
    await waitForOthers(() => pid !== 0);

    await database.pool.query('select pg_terminate_backend($1::int)', [pid]);

    await expect(subject.wrap(async () => 'done')({ id: 'abandoned' })).resolves.toBe('done');
    grave.open();
    await expect(buried).resolves.toBe('IdempotencyPersistenceLayerError');
  });
});
