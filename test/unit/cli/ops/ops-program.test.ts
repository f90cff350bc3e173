import { describe, expect, test } from '@jest/globals';
import { exitCodeOfResult } from '../../../../cli/ops/operator-command.ts';
import { commandNames, operatorCommands } from '../../../../lambdas/catalog/operator-commands.ts';
import { opsProgram, readCommand, runRecorded } from '../../../support/command-line.ts';

const now = new Date('2026-03-08T12:00:00Z');
const read = (line: string) => readCommand(opsProgram, line.split(' '), now);
const typed = (line: string) => read(line)?.typed;
const run = (line: string) => runRecorded(opsProgram, line === '' ? [] : line.split(' '));

describe('arguments', () => {
  test('assigns words without an option name to the required arguments, in order', () => {
    expect(typed('events show mux event-1')).toEqual({ provider: 'mux', event: 'event-1' });
    expect(typed('events show --event event-1 mux')).toEqual({ provider: 'mux', event: 'event-1' });
  });

  test('leaves defaults to the operations function', () => {
    expect(read('events list')).toMatchObject({ typed: {}, values: { limit: 50 } });
  });

  test.each([
    ['90m', '2026-03-08T10:30:00.000Z'],
    ['2h', '2026-03-08T10:00:00.000Z'],
    ['7d', '2026-03-01T12:00:00.000Z'],
    ['2w', '2026-02-22T12:00:00.000Z'],
    ['2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z'],
  ])('converts --since %s to %s', (since, time) => {
    expect(typed(`events list --since ${since}`)).toEqual({ since: time });
  });

  test('reads a time without a zone as a time of this machine', () => {
    const words = ['events', 'list', '--since', '2026-03-01 09:30'];

    expect(readCommand(opsProgram, words, now)?.typed).toEqual({
      since: new Date('2026-03-01T09:30').toISOString(),
    });
    expect(typed('events list --since 2026-03-01')).toEqual({
      since: new Date('2026-03-01T00:00').toISOString(),
    });
  });

  test('converts option names in kebab case to argument names in camel case', () => {
    expect(typed('events replay --dry-run --event e-1')).toEqual({ dryRun: true, event: 'e-1' });
  });

  test('accepts the options of all commands before and after the words of the command', () => {
    expect(read('--stage dev events list')?.globals).toEqual({ stage: 'dev' });
    expect(read('events list --stage dev')?.globals).toEqual({ stage: 'dev' });
  });

  test('keeps the options of the command line from the operations function', () => {
    expect(read('events replay --event e-1 --rate 5')).toMatchObject({
      typed: { event: 'e-1' },
      values: { rate: 5 },
    });
  });
});

describe('options that npm took for itself', () => {
  const start = (environment: Readonly<Record<string, string>>) =>
    runRecorded(opsProgram, ['--help'], { environment });

  test.each([
    [{ npm_config_dry_run: 'true' }, 'npm read --dry-run as its own, so the command did not'],
    [{ npm_config_wait: '' }, 'npm read --no-wait as its own'],
    [{ npm_config_stage: 'true', npm_config_limit: 'true' }, 'npm read --stage and --limit as'],
  ])('are named: %j', async (variables, sentence) => {
    const { code, err } = await start({ npm_lifecycle_event: 'ops', ...variables });

    expect([code, err]).toEqual([2, expect.stringContaining(sentence)]);
    expect(err).toContain('Type -- before the arguments: npm run ops -- …');
  });

  test.each([
    { npm_lifecycle_event: 'ops', npm_config_noproxy: '', npm_config_json: '' },
    { npm_config_dry_run: 'true' },
  ])('are none with %j', async (environment) => {
    await expect(start(environment)).resolves.toMatchObject({ code: 0 });
  });
});

describe('errors', () => {
  test.each([
    ['nonsense', "Unknown command 'nonsense'. Commands begin with assets, audit, events,"],
    ['events lst', "Unknown command 'events lst'. Did you mean 'events list'?"],
    ['event list', "Did you mean 'events list'?"],
    ['replay', "Did you mean 'events replay'?"],
    ['--hepl', "Unknown option '--hepl'. Did you mean '--help'? Options of every command: --stage"],
    ['events --hepl', "Unknown option '--hepl'. Did you mean '--help'?"],
    ['--stge prod events list', "Unknown option '--stge'. Did you mean '--stage'?"],
    ['--limit 5 events list', 'Other options follow the words of their command.'],
    ['events list --stge prod', "Did you mean '--stage'? Options of events list: --provider"],
    ['events nope', "Unknown command 'events nope'. Available commands: events list"],
    [
      'events list nothing',
      "Unexpected argument 'nothing' for events list. Values follow the name",
    ],
    ['jobs list nothing', 'The command accepts no arguments.'],
    ['events show mux one --event two', "Unexpected argument 'one' for events show. --event has"],
    ['events show mux', 'events show needs --event (Id of the event).'],
    ['events show mux one two', "Unexpected argument 'two'"],
    [
      'events list --sicne 2h',
      "Unknown option '--sicne'. Did you mean '--since'? Options of events list: --provider,",
    ],
    ['events list --since', '--since needs a value (Only events received at or after'],
    ['events list --status', '--status needs a value (one of processed, ignored,'],
    [
      'events list --since 2030-01-01',
      "--since '2030-01-01' is invalid: expected a time in the past",
    ],
    [
      'events list --since 1h --until 2h',
      "--since '1h' is invalid: expected a time before --until",
    ],
    ['events tail --last=', "--last '' is invalid: expected a number."],
    ['logs mux-processor --level warn', "Did you mean 'WARN'?"],
    ['assets bind 00000000-0000-4000-8000-000000000001 a/b because', 'expected an asset id of Mux'],
    ['events list --json=yes', "Unknown option '--json=yes'"],
    [
      'events list --status fialed',
      "--status 'fialed' is invalid: expected one of processed, ignored, synthetic, failed, " +
        "exhausted, closed. Did you mean 'failed'?",
    ],
    ['events list --limit 0', "--limit '0' is invalid: expected a whole number from 1 to 500."],
    ['events list --limit ten', "--limit 'ten' is invalid: expected a whole number from 1 to 500."],
    ['events list --limit 1.5', "--limit '1.5' is invalid: expected a whole number from 1 to 500."],
    ['events list --since yesterday', "--since 'yesterday' is invalid: expected a time such as"],
    ['events list --cursor x', "--cursor 'x' is invalid: expected the cursor of the previous page"],
    ['events list --type=', "--type '' is invalid: expected a type such as"],
    ['events replay --event e --rate 0', "--rate '0' is invalid: expected a whole number"],
    ['events replay', '--reason: required for a replay of more than one event'],
    ['mails resend x --reason because', "--notification 'x' is invalid: expected the id"],
    ['secrets rotate mux --reason no', "--reason 'no' is invalid: expected a reason of 5 to 500"],
    ['jobs run prnue', "--name 'prnue' is invalid: expected one of"],
    ['events list --json --csv', 'Choose one output format: --json and --csv were given.'],
    ['events list --stage local --api-url https://a.example', 'contradict each other'],
    [
      'events list --stage prdo',
      "--stage: unknown stage 'prdo': expected one of dev, staging, prod, local",
    ],
    ['events list --api-url http://a.example', "--api-url 'http://a.example' is invalid"],
    ['completion tcsh', "--shell 'tcsh' is invalid: expected one of bash, zsh, fish."],
  ])('answers "%s" with exit code 2 and an explanation', async (line, sentence) => {
    const { code, out, err } = await run(line);

    expect(err).toContain(sentence);
    expect([code, out]).toEqual([2, '']);
  });

  test('lists every invalid argument', async () => {
    const { err } = await run('events list --status lost --limit 0');

    expect(err.split('\n')).toEqual([
      expect.stringContaining("--status 'lost'"),
      expect.stringContaining("--limit '0'"),
    ]);
  });
});

describe('help', () => {
  test('the overview names every command with its summary', async () => {
    const { code, out } = await run('--help');

    expect(code).toBe(0);
    expect(commandNames).not.toEqual([]);
    for (const name of commandNames) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
    await expect(run('')).resolves.toMatchObject({ code: 0, out });
  });

  test.each(commandNames)('the help of %s names each of its options', async (name) => {
    const { code, out } = await run(`${name} --help`);

    expect(code).toBe(0);
    // The help breaks long lines.
    expect(out.replaceAll(/\s+/g, ' ')).toContain(operatorCommands[name].summary);
    for (const argument of Object.keys(operatorCommands[name].arguments.shape))
      expect(out).toContain(`--${argument.replace(/[A-Z]/g, (one) => `-${one.toLowerCase()}`)}`);
    for (const shared of ['--stage', '--api-url', '--json', '--csv', '--help'])
      expect(out).toContain(shared);
  });

  test('a group without a command prints its commands', async () => {
    const { code, out } = await run('events');

    expect(code).toBe(0);
    expect(out).toContain('events replay');
    expect(out).not.toContain('mails resend');
  });

  test('prints the version', async () => {
    await expect(run('--version')).resolves.toEqual({
      code: 0,
      out: 'motion-mavericks 0.0.0',
      err: '',
    });
  });
});

test('gives every command that changes something an argument for the reason', () => {
  for (const command of commandNames.filter((name) => operatorCommands[name].changes))
    expect([command, 'reason' in operatorCommands[command].arguments.shape]).toEqual([
      command,
      true,
    ]);
});

test('exits with 1 for a broken chain of residency reports', () => {
  expect(exitCodeOfResult({ chain: 'broken', problems: [{ week: '2026-03-02' }] })).toBe(1);
  expect(exitCodeOfResult({ chain: 'unsigned', problems: [] })).toBe(1);
  expect(exitCodeOfResult({ chain: 'intact', problems: [] })).toBe(0);
  expect(exitCodeOfResult({ events: [] })).toBe(0);
});
