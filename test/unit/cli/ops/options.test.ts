import { expect, test } from '@jest/globals';
import { helpText } from '../../../../cli/ops/help.ts';
import { readOptions } from '../../../../cli/ops/options.ts';
import { show } from '../../../../cli/ops/print.ts';
import { commandNames, commands } from '../../../../lambdas/catalog/operator-commands.ts';

const now = new Date('2026-03-08T12:00:00Z');
const read = (line: string) => readOptions(line.split(' '), now);
const argumentsOf = (line: string) => {
  const options = read(line);
  if ('helpFor' in options) throw new Error('This asks for help.');
  return options.request.arguments;
};

test('what is required may be written without its option’s name, in order', () => {
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
])('since %s is %s', (since, time) => {
  expect(argumentsOf(`events list --since ${since}`)).toEqual({ since: time });
});

test('options of several words are those of the function, in the form of a command line', () => {
  expect(argumentsOf('events replay --dry-run --status exhausted')).toEqual({
    dryRun: true,
    status: 'exhausted',
  });
});

test.each([
  ['nonsense', `There is no command 'nonsense'`],
  ['events', `There is no command 'events'`],
  ['events show mux', 'needs --event'],
  ['events show mux one two', `'two' is too much`],
  ['events list --sicne 2h', `Unknown option '--sicne'`],
  ['events list --rate 0', 'expected a whole number'],
])('%s is told what is wrong with it', (line, sentence) => {
  expect(() => read(line)).toThrow(sentence);
});

test('every command has a help that names each of its options', () => {
  expect(commandNames).not.toEqual([]);
  for (const command of commandNames) {
    const help = helpText(command);
    expect(help).toContain(commands[command].summary);
    for (const name of Object.keys(commands[command].arguments.shape).filter(
      (one) => one !== 'cursor',
    ))
      expect(help).toContain(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  }
  expect(read('--help')).toEqual({ helpFor: undefined });
  expect(read('events list --help')).toEqual({ helpFor: 'events list' });
});

test('every command that changes something and takes more than one thing asks why', () => {
  for (const command of commandNames.filter((name) => commands[name].changes))
    expect([command, 'reason' in commands[command].arguments.shape]).toEqual([command, true]);
});

test('a list is shown as a table, and nothing as none', () => {
  expect(show({ events: [{ event: 'e1', error: null }], other: [] })).toBe(
    'events:\n  event  error\n  ─────  ─────\n  e1     –\nother: none',
  );
});
