import { describe, expect, test } from '@jest/globals';
import { explainRequest, nextCommands } from '../../../../cli/send/explain.ts';
import { checkCombination } from '../../../../cli/send/send-event.ts';
import { makeProgram } from '../../../../cli/send/send-program.ts';
import { readCommand, runRecorded } from '../../../support/command-line.ts';
import { sentences } from '../../../support/run-program.ts';

const sendProgram = makeProgram('npm run send --', '0.0.0');

const plain = {
  provider: 'mux',
  type: 'video.asset.ready',
  broken: false,
  duplicate: false,
  late: false,
  forged: false,
  times: 1,
  subject: {},
} as const;

describe('the options of one event', () => {
  test.each([
    {},
    { fails: 2 },
    { broken: true },
    { late: true, subject: { asset: 'Show opener' } },
    { type: undefined, body: '@event.json', fails: 2, times: 3 },
    { type: undefined, body: '@event.json', subject: { headers: 'webhook' } },
  ])('may be combined: %j', (given) => {
    expect(() => checkCombination({ ...plain, ...given })).not.toThrow();
  });

  test.each([
    [{ type: undefined }, 'mux needs <type> (one of video.upload.created'],
    [{ body: '@event.json' }, 'leave out <type>'],
    [{ type: undefined, body: '{}', subject: { asset: 'x' } }, '--body and --asset exclude'],
    [{ type: undefined, body: '{}', late: true }, '--body and --late exclude'],
    [{ fails: 1, broken: true }, '--fails and --broken exclude'],
    [{ duplicate: true, times: 3 }, '--duplicate is --times 2'],
    [{ forged: true, fails: 1 }, '--forged events are rejected'],
    [
      { provider: 'resend' as const, type: 'email.opened', subject: { bounce: 'Transient' } },
      '--bounce has an effect on email.bounced only, not on email.opened.',
    ],
    [{ late: true, broken: true }, '--late and --fails or --broken exclude'],
  ])('may not be combined: %j', (given, message) => {
    expect(() => checkCombination({ ...plain, ...given })).toThrow(message);
  });
});

test('the address of a mail is validated', () => {
  expect(() =>
    readCommand(sendProgram, ['resend', 'email.bounced', '--to', 'nobody'], new Date()),
  ).toThrow("--to 'nobody' is invalid: expected a mail address.");
});

// test/flow/commands.test.ts runs two more cases as processes.
test.each([
  ['an unknown provider', 'stripe x', "Unknown command 'stripe'. Available commands: mux"],
  ['a missing type', 'mux', 'mux needs <type> (one of video.upload.created'],
  ['an unknown type', 'mux video.asset.lost', 'video.upload.created, video.upload.asset_created'],
  [
    'too many deliveries',
    'mux video.asset.ready --times 1000',
    "--times '1000' is invalid: expected a whole number of deliveries from 1 to 100",
  ],
  ['a missing file', 'mux --body @none.json', '--body: none.json cannot be read'],
  ['two faults at once', 'mux video.asset.ready --fails 2 --broken', 'exclude'],
  [
    'an option of another provider',
    'mux video.asset.ready --to x',
    "Unknown option '--to'. Options of mux: --type",
  ],
  [
    'an unknown bounce type',
    'resend email.bounced --bounce soft',
    'expected one of Permanent, Transient',
  ],
])('reports %s in one sentence', async (_, line, message) => {
  const { code, out, err } = await runRecorded(sendProgram, line.split(' '));

  expect([code, out]).toEqual([2, '']);
  expect(sentences(err)).toEqual([expect.stringContaining(message)]);
});

describe('the explanation of an event', () => {
  const request = { provider: 'mux', forged: false, times: 1 } as const;

  test('names attempts, pauses and redrives of an event that fails', () => {
    const text = explainRequest({ ...request, fails: 2 }).join('\n');

    expect(text).toContain('The first 2 attempts fail, and the next succeeds.');
    expect(text).toContain('retry-failed-webhooks redrives it up to 5 times');
    expect(text).not.toContain('exhausted');
    expect(explainRequest({ ...request, fails: 18 }).join('\n')).toContain('exhausted');
  });

  test('is empty for a plain event, which needs only the command that shows it', () => {
    expect(explainRequest(request)).toEqual([]);
    expect(nextCommands(request, 'e1')).toEqual(['See it:      npm run ops -- events show mux e1']);
  });

  test('names the commands that redrive, repair and replay a broken event', () => {
    expect(nextCommands({ ...request, broken: true }, 'e1').join('\n')).toMatch(
      /jobs run retry-failed-webhooks[\s\S]*send -- repair[\s\S]*replay --provider mux --event e1/,
    );
  });
});
