import { describe, expect, test } from '@jest/globals';
import {
  type CommandName,
  commandNames,
  operatorCommands,
} from '../../../lambdas/catalog/operator-commands.ts';
import { makeHandleOperatorCommand } from '../../../lambdas/operations/handle-operator-command.ts';
import { operatorEvent } from '../../../local/console/operator-event.ts';
import {
  argumentSchemas,
  invalidValues,
  isBounded,
} from '../../support/operations/invalid-arguments.ts';
import { requiredArguments } from '../../support/operations/required-arguments.ts';
import { useStdout } from '../../support/stdout.ts';

useStdout();

/** Fails a test in which a command reaches a resource. */
const unreachable = new Proxy(() => {}, {
  apply() {
    throw new Error('The command was carried out.');
  },
  get: () => unreachable,
}) as never;

const handle = makeHandleOperatorCommand({
  pool: unreachable,
  queues: unreachable,
  startJob: unreachable,
  servedApi: { apiId: 'local', accountId: '000000000000', dashboardRole: 'ReplayWidgetRole' },
  stage: 'test',
  now: () => new Date('2026-03-01T10:00:00Z'),
} as never);

const post = async (command: CommandName, given: object) => {
  const { statusCode, body } = await handle(operatorEvent(command, given) as never);
  return { statusCode, problem: JSON.parse(String(body)) };
};

const cases = commandNames.flatMap((command) =>
  Object.entries(argumentSchemas(command)).map(([name, schema]) => ({ command, name, schema })),
);

test('rejects arguments that nest deeper than the stack', async () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  for (const field of ['limit', 'event', 'nonsense']) {
    const event = operatorEvent('events replay', {}) as object;
    const { statusCode } = await handle({ ...event, body: `{"${field}":${deep}}` } as never);
    expect([field, statusCode]).toEqual([field, 400]);
  }
});

test('lists enough arguments of enough commands', () => {
  expect(cases.length).toBeGreaterThan(60);
});

describe.each(commandNames)('%s', (command) => {
  test('accepts the arguments of this test', () => {
    expect(
      operatorCommands[command].arguments.safeParse(requiredArguments[command] ?? {}),
    ).toMatchObject({
      success: true,
    });
  });

  test('is rejected by the function with an unknown argument', async () => {
    const given = { ...requiredArguments[command], nonsense: 1 };

    await expect(post(command, given)).resolves.toMatchObject({
      statusCode: 400,
      problem: { type: 'invalid-request' },
    });
  });
});

test.each(cases)('$command limits $name', ({ schema }) => {
  expect(isBounded(schema)).toBe(true);
});

test.each(cases)(
  'the function rejects each value of $name beyond the limits of $command',
  async ({ command, name, schema }) => {
    for (const value of invalidValues(schema)) {
      const given = { ...requiredArguments[command], [name]: value };
      // The client reads the same contract. A value that it accepts is no case of this test.
      const isAccepted = operatorCommands[command].arguments.safeParse(given).success;

      expect({ value, isAccepted }).toEqual({ value, isAccepted: false });
      await expect(post(command, given)).resolves.toMatchObject({
        statusCode: 400,
        problem: { type: 'invalid-request' },
      });
    }
  },
);

test.each(['2026-03-01T10:00:31Z', '2030-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
  'the function rejects a run of a job at %s, which is ahead of time',
  async (at) => {
    await expect(post('jobs run', { name: 'prune', at })).resolves.toMatchObject({
      statusCode: 400,
      problem: { type: 'invalid-request' },
    });
  },
);
