import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeEventQueues } from '../../../lambdas/operations/event-queues.ts';
import { openProviderQueues } from '../../../lambdas/platform/aws/redrivable-queues.ts';
import { type LocalQueues, startQueues } from '../../../local/aws/sqs.ts';
import { useAwsEnvironment } from '../../support/aws/aws-service.ts';

let queues: LocalQueues;
beforeAll(async () => {
  queues = await startQueues({ region: 'ap-southeast-2', timeScale: 1 });
});
afterAll(() => queues.stop());

/** Creates the two queues of a provider; its deliveries are delayed by a minute. */
async function createQueues(provider: string) {
  const names = { deliveries: `${provider}-deliveries`, deadLetters: `${provider}-dead-letters` };
  await queues.create({ name: names.deliveries, visibilitySeconds: 30, delaySeconds: 60 });
  await queues.create({ name: names.deadLetters, visibilitySeconds: 30, delaySeconds: 0 });
  useAwsEnvironment({ AWS_ENDPOINT_URL_SQS: queues.url });
  const url = (name: string) => `${queues.url}/000000000000/${name}`;
  const urls = { deliveries: url(names.deliveries), deadLetters: url(names.deadLetters) };
  return {
    names,
    eventQueues: makeEventQueues(openProviderQueues(JSON.stringify({ [provider]: urls }))),
  };
}

test('a summary counts the letters that it lists and those that another reader holds', async () => {
  const { names, eventQueues } = await createQueues('mux');
  for (let letter = 0; letter < 3; letter += 1) await queues.send(names.deadLetters, 'a letter');
  await queues.receive(names.deadLetters, { max: 1, waitSeconds: 0 });

  const { waiting, first } = await eventQueues.summarizeDeadLetters('mux');
  expect([waiting, first.length]).toEqual([3, 2]);
});

test('delayed deliveries and dead letters in flight count', async () => {
  const { names, eventQueues } = await createQueues('resend');
  await queues.send(names.deliveries, 'a delivery');
  for (let letter = 0; letter < 2; letter += 1) await queues.send(names.deadLetters, 'a letter');
  await queues.receive(names.deadLetters, { max: 1, waitSeconds: 0 });

  expect(await eventQueues.countMessages('resend')).toEqual({
    provider: 'resend',
    queue: names.deliveries,
    waiting: 1,
    deadLetters: 2,
  });
});
