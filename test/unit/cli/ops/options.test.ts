import { expect, test } from '@jest/globals';
import { helpText } from '../../../../cli/ops/help.ts';
import { readOptions } from '../../../../cli/ops/options.ts';
import { formatResult } from '../../../../cli/ops/print.ts';
import { commandNames, operatorCommands } from '../../../../lambdas/catalog/operator-commands.ts';

const now = new Date('2026-03-08T12:00:00Z');
const read = (line: string) => readOptions(line.split(' '), now);
const argumentsOf = (line: string) => {
  const options = read(line);
  if ('helpFor' in options) throw new Error('The line is a request for help.');
  return options.request.arguments;
};

test('assigns words without an option name to the required arguments, in order', () => {
  expect(argumentsOf('events show mux event-1')).toEqual({ provider: 'mux', event: 'event-1' });
  expect(argumentsOf('events show --event event-1 mux')).toEqual({
    provider: 'mux',
    event: 'event-1',
  });
});

test.each([
  ['90m', '2026-03-08T10:30:00.000Z'],
  ['2h', '2026-03-08T10:00:00.000Z'],
  ['7d', '2026-03-01T12:00:00.000Z'],
  ['2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z'],
])('converts --since %s to %s', (since, time) => {
  expect(argumentsOf(`events list --since ${since}`)).toEqual({ since: time });
});

test('converts option names in kebab case to argument names in camel case', () => {
  expect(argumentsOf('events replay --dry-run --status exhausted')).toEqual({
    dryRun: true,
    status: 'exhausted',
  });
});

test.each([
  ['nonsense', `Unknown command 'nonsense'. Available commands: assets show,`],
  ['events', `Unknown command 'events'`],
  ['events show mux', 'events show needs --event'],
  ['events show mux one two', `Unexpected argument 'two'`],
  ['events list --sicne 2h', `Unknown option '--sicne'. Options of events list: --provider,`],
  ['events list --rate 0', `--rate '0' is invalid: expected a whole number`],
])('rejects "%s" with an explanation', (line, sentence) => {
  expect(() => read(line)).toThrow(sentence);
});

test('prints a help for every command that names each of its options', () => {
  expect(commandNames).not.toEqual([]);
  for (const command of commandNames) {
    const help = helpText(command);
    expect(help).toContain(operatorCommands[command].summary);
    const names = Object.keys(operatorCommands[command].arguments.shape);
    for (const name of names.filter((one) => one !== 'cursor'))
      expect(help).toContain(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  }
  expect(read('--help')).toEqual({ helpFor: undefined });
  expect(read('events list --help')).toEqual({ helpFor: 'events list' });
});

test('gives every command that changes something an argument for the reason', () => {
  for (const command of commandNames.filter((name) => operatorCommands[name].changes))
    expect([command, 'reason' in operatorCommands[command].arguments.shape]).toEqual([
      command,
      true,
    ]);
});

test('formats a list as a table and an empty list as none', () => {
  expect(formatResult({ events: [{ event: 'e1', error: null }], other: [] })).toBe(
    'events:\n  event  error\n  ─────  ─────\n  e1     –\nother: none',
  );
});
