import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type CommandName,
  commandNames,
  operatorCommands,
} from '../../../lambdas/catalog/operator-commands.ts';
import { makeHandleOperatorCommand } from '../../../lambdas/operations/handle-operator-command.ts';
import { operatorEvent } from '../../../local/console/operator-event.ts';
import { argumentSchemas } from '../../support/operations/invalid-arguments.ts';
import { requiredArguments } from '../../support/operations/required-arguments.ts';
import { recognisedTexts } from '../../support/privacy/private-kinds.ts';
import { useStdout } from '../../support/stdout.ts';

const stdout = useStdout();

/** Arguments that the audit log keeps as they are: whom or what somebody asked for. */
const keptInAudit = ['address', 'to', 'text'];

const recorded: string[] = [];
const handle = makeHandleOperatorCommand({
  pool: async () => ({
    async query(text: string, values: readonly unknown[]) {
      if (!text.includes('insert into portal.operator_actions'))
        throw new Error(`Rejected: ${JSON.stringify(values)}`);
      recorded.push(JSON.stringify(values));
      return { rows: [], rowCount: 1 };
    },
    connect() {
      throw new Error('Rejected.');
    },
  }),
  servedApi: { apiId: 'local', accountId: '000000000000', dashboardRole: 'ReplayWidgetRole' },
  stage: 'test',
  now: () => new Date('2026-03-01T10:00:00Z'),
} as never);

const texts = commandNames.flatMap((command) =>
  Object.entries(argumentSchemas(command))
    .filter(([, { type, enum: values }]) => type === 'string' && values === undefined)
    .map(([name]) => ({ command, name })),
);

const post = (command: CommandName, given: object) =>
  handle(operatorEvent(command, given) as never);

test('no argument of a command puts a private text into a log, a record or an answer', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...texts),
      recognisedTexts,
      async ({ command, name }, draw) => {
        const text = `said ${draw.text} so`;
        const given = { ...requiredArguments[command], [name]: text };
        if (operatorCommands[command].arguments.safeParse(given).success) accepted += 1;
        stdout.length = 0;
        recorded.length = 0;

        const { body } = await post(command, given);

        expect(JSON.stringify(stdout)).not.toContain(draw.hidden);
        if (!keptInAudit.includes(name)) expect(recorded.join()).not.toContain(draw.hidden);
        // An answer about an invalid argument repeats what its own sender gave.
        if (JSON.parse(String(body)).type !== 'invalid-request')
          expect(String(body)).not.toContain(draw.hidden);
      },
    ),
    { numRuns: 1_000 },
  );
  expect(texts.length).toBeGreaterThan(25);
  expect(accepted).toBeGreaterThan(200);
});

test('a reason is recorded without what somebody pasted into it', async () => {
  recorded.length = 0;
  await post('secrets rotate', {
    ...requiredArguments['secrets rotate'],
    reason: 'leaked: whsec_c29tZWJvZHk= by mia@members.example',
  });

  expect(recorded).toHaveLength(1);
  expect(recorded[0]).toContain('leaked: *** by ***@members.example');
});
