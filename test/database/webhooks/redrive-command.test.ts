import { beforeEach, expect, test } from '@jest/globals';
import { makeDeadLetterCommands } from '../../../lambdas/operations/commands/dead-letter-commands.ts';
import { makeEventQueues } from '../../../lambdas/operations/event-queues.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aMuxRecord } from '../../support/processor.ts';
import { aDeadLetterQueue } from '../../support/webhooks/dead-letter-queue.ts';
import { aMuxBody } from '../../support/webhooks/ledger.ts';

const database = useDatabase();
const start = new Date('2026-03-01T12:00:00Z');
const letters = Array.from({ length: 40 }, (_, index) => aMuxRecord(aMuxBody(`e${index}`)));

beforeEach(() => database.pool.query('truncate portal.webhook_events, portal.webhook_replays'));

/** Creates the command with a clock that moves with each message that is sent. */
function aCommand({ secondsPerMessage = 0, isDown = false } = {}) {
  let at = start.getTime();
  const now = () => new Date(at);
  const deadLetters = aDeadLetterQueue(letters, new Date(start.getTime() - 3_600_000));
  const enqueue = async () => {
    at += secondsPerMessage * 1_000;
    if (isDown) throw new Error('SQS is down');
    return 'message';
  };
  const queues = makeEventQueues({
    mux: { name: 'queue', enqueue, deadLetters, deliveries: aDeadLetterQueue([], start) },
  });
  const commands = makeDeadLetterCommands({ queues, pool: async () => database.pool, now });
  const redrive = (limit: number) =>
    commands['dead-letters redrive'](
      { provider: 'mux', limit, dryRun: false, reason: 'it is mended' },
      'arn:operator',
    );
  return { redrive, deadLetters };
}

test.each([1, 12])('redrives exactly %d dead letters', async (limit) => {
  const { redrive, deadLetters } = aCommand();

  await expect(redrive(limit)).resolves.toEqual({
    queues: [
      {
        provider: 'mux',
        redriven: limit,
        exhausted: 0,
        discarded: 0,
        rejected: 0,
        stopped: 'limit',
      },
    ],
  });

  expect(await deadLetters.size()).toBe(letters.length - limit);
});

test('stops before the end of the function', async () => {
  const { redrive } = aCommand({ secondsPerMessage: 1 });

  await expect(redrive(1_000)).resolves.toMatchObject({
    queues: [{ redriven: 20, stopped: 'time' }],
  });
});

test('ends when no dead letter is left, or the queue accepts none', async () => {
  await expect(aCommand().redrive(1_000)).resolves.toMatchObject({
    queues: [{ redriven: 40, stopped: 'empty' }],
  });
  await expect(aCommand({ isDown: true }).redrive(1_000)).resolves.toMatchObject({
    queues: [{ redriven: 0, rejected: 10, stopped: 'rejected' }],
  });
});
