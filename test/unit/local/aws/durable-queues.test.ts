import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ACCOUNT_ID } from '../../../../local/aws/account-id.ts';
import { type LocalQueues, startQueues } from '../../../../local/aws/sqs.ts';
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from '../../../../local/temporary-directory.ts';

const region = 'ap-southeast-2';
const arnOf = (name: string) => `arn:aws:sqs:${region}:${ACCOUNT_ID}:${name}`;
const started: LocalQueues[] = [];
let directory: TemporaryDirectory;

beforeEach(() => {
  directory = makeTemporaryDirectory('queues');
});
afterEach(async () => {
  for (const queues of started.splice(0)) await queues.stop();
  directory.remove();
});

/** Starts queues on the same directory, as the process after a killed one does. */
async function start(visibilitySeconds = 30): Promise<LocalQueues> {
  const queues = await startQueues({ region, timeScale: 1, directory: directory.path });
  started.push(queues);
  const shared = { visibilitySeconds, delaySeconds: 0 };
  await queues.create({ name: 'dead', ...shared });
  const redrive = { deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 };
  await queues.create({ name: 'work', ...shared, redrive });
  return queues;
}

async function sqs({ url }: LocalQueues, operation: string, input: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${operation}`,
    },
    body: JSON.stringify({ QueueUrl: `${url}/${ACCOUNT_ID}/dead`, ...input }),
  });
  expect(response.status).toBe(200);
}

const receiveOne = (queues: LocalQueues, name: string) =>
  queues.receive(name, { max: 1, waitSeconds: 0 });

test('messages outlive the process: waiting, received and delayed ones', async () => {
  const first = await start();
  for (const body of ['one', 'two']) await first.send('dead', body);
  const [received] = await receiveOne(first, 'dead');
  await sqs(first, 'SendMessage', { MessageBody: 'three', DelaySeconds: 60 });

  const second = await start();
  expect(await second.contents()).toContainEqual({ name: 'dead', waiting: 2, inFlight: 1 });
  // The receipt of the killed process still deletes its message.
  await second.remove('dead', received === undefined ? [] : [received]);
  expect(await receiveOne(second, 'dead')).toMatchObject([{ Body: 'two' }]);
  expect(await second.contents()).toContainEqual({ name: 'dead', waiting: 1, inFlight: 1 });
});

test('a message that a killed process had received returns after ten seconds', async () => {
  const first = await start(600);
  await first.send('dead', 'received');
  await receiveOne(first, 'dead');
  await start(600);

  const file = new DatabaseSync(join(directory.path, 'fauxqs.db'));
  const { deadline } = file
    .prepare('select visibility_deadline as deadline from sqs_messages')
    .get() as { deadline: number };
  file.close();
  expect(deadline).toBeLessThanOrEqual(Date.now() + 10_000);
});

test('a returned message keeps its receives', async () => {
  const first = await start();
  await first.send('work', 'twice');
  const [received] = await receiveOne(first, 'work');
  await sqs(first, 'ChangeMessageVisibility', {
    QueueUrl: `${first.url}/${ACCOUNT_ID}/work`,
    ReceiptHandle: received?.ReceiptHandle,
    VisibilityTimeout: 0,
  });

  const second = await start();
  // The queue allows one receive, so the second one moves the message.
  expect(await receiveOne(second, 'work')).toEqual([]);
  expect(await receiveOne(second, 'dead')).toMatchObject([{ Body: 'twice' }]);
});

test('a process that dies while it moves a dead letter does not lose the message', async () => {
  const first = await start(0);
  await first.send('work', 'moving');
  await receiveOne(first, 'work');
  const file = new DatabaseSync(join(directory.path, 'fauxqs.db'));
  file.exec(`create trigger fail before insert on sqs_messages when new.queue_name = 'dead'
             begin select raise(abort, 'killed'); end`);
  await expect(receiveOne(first, 'work')).rejects.toThrow('constraint failed');
  file.exec('drop trigger fail');
  file.close();

  const second = await start(0);
  expect(await receiveOne(second, 'work')).toEqual([]);
  expect(await receiveOne(second, 'dead')).toMatchObject([{ Body: 'moving' }]);
});

test('a stored queue takes the attributes of the next template', async () => {
  await (await start(30)).send('work', 'changed');
  const second = await start(0);
  await receiveOne(second, 'work');

  expect(await receiveOne(second, 'work')).toEqual([]);
  expect(await receiveOne(second, 'dead')).toMatchObject([{ Body: 'changed' }]);
});
