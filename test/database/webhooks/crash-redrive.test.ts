import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openQueue } from '../../../lambdas/platform/aws/sqs.ts';
import { makeEnqueue } from '../../../lambdas/platform/aws-lite/send-message.ts';
import { type LocalQueues, startQueues } from '../../../local/aws/sqs.ts';
import type { RedriveOrder } from '../../support/crash/redrive-child.ts';
import { eventually } from '../../support/eventually.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aMuxProcessor, aMuxRecord, aRecord } from '../../support/processor.ts';
import { muxFixture } from '../../support/providers/mux.ts';

const database = useDatabase();
const aws = {
  AWS_REGION: 'ap-southeast-2',
  AWS_ACCESS_KEY_ID: 'LOCAL',
  AWS_SECRET_ACCESS_KEY: 'local',
};
let queues: LocalQueues;

beforeAll(async () => {
  // Messages received by a killed run return after 1.2 s instead of two minutes.
  queues = await startQueues({ region: 'ap-southeast-2', timeScale: 1 / 100 });
  Object.assign(process.env, aws, { AWS_ENDPOINT_URL_SQS: queues.url });
  for (const name of ['deliveries', 'dead-letters'])
    await queues.create({ name, visibilitySeconds: 30, delaySeconds: 0 });
});
afterAll(() => queues.stop());

const url = (name: string) => `${queues.url}/000000000000/${name}`;

function runRetry(dies: boolean): Promise<{ signal: string | null; output: string }> {
  const order: RedriveOrder = {
    databaseUrl: database.url,
    queues: JSON.stringify({
      mux: { deliveries: url('deliveries'), deadLetters: url('dead-letters') },
    }),
    dies,
  };
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../support/crash/redrive-child.ts'), JSON.stringify(order)],
    {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  return new Promise((resolve) => child.on('close', (_, signal) => resolve({ signal, output })));
}

test('loses no event and applies it once when the job is killed before deleting', async () => {
  const body = JSON.parse(muxFixture('video.asset.ready').toString());
  const { body: text, messageAttributes } = aMuxRecord(body);
  const attributes = Object.fromEntries(
    Object.entries(messageAttributes).map(([name, { stringValue = '' }]) => [name, stringValue]),
  );
  await makeEnqueue(url('dead-letters'))({ body: text, attributes });
  await new Promise((resolve) => setTimeout(resolve, 5));

  await expect(runRetry(true)).resolves.toMatchObject({ signal: 'SIGKILL' });
  expect(await openQueue(url('deliveries')).size()).toBe(1);
  // The dead letter still exists. A later run receives it again.
  const runAgain = () => runRetry(false);
  expect(
    (await eventually(runAgain, ({ output }) => output.includes('"Redriven":1'))).signal,
  ).toBeNull();

  expect(await openQueue(url('dead-letters')).size()).toBe(0);
  const sent = await openQueue(url('deliveries')).receive(30);
  expect(sent).toHaveLength(2);
  const processor = aMuxProcessor(database.pool);
  for (const message of sent)
    await expect(
      processor.process([{ ...aRecord(message.body, {}), ...message } as never]),
    ).resolves.toEqual([]);
  const { rows } = await database.pool.query(
    `select (select count(*)::int from portal.asset_events) as effects, status, redrives
     from portal.webhook_events`,
  );
  expect(rows).toEqual([{ effects: 1, status: 'processed', redrives: 2 }]);
});
