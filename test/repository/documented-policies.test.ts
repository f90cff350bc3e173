import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import {
  type OperatorCommand,
  policyNames,
  policyOutput,
} from '../../lambdas/catalog/operator-commands/operator-command.ts';
import { commandNames, operatorCommands } from '../../lambdas/catalog/operator-commands.ts';

const page = readFileSync('docs/deploy.md', 'utf8');

/** Texts in backticks of the row of each policy in the table "Who may run which command". */
const rows = new Map(
  policyNames.map((policy) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${policyOutput(policy)}\` |`));
    return [policy, [...(row ?? '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)];
  }),
);

const verbOf = (command: string) => command.split(' ').at(-1) ?? '';
const policyOf = (name: keyof typeof operatorCommands): OperatorCommand['policy'] =>
  operatorCommands[name].policy;

test.each(commandNames)('the table names %s in the row of its policy', (name) => {
  const texts = rows.get(policyOf(name)) ?? [];

  expect(texts.includes(name) || texts.includes(verbOf(name))).toBe(true);
});

// The row of `privacy` explains which commands of `look` read bodies with an option.
const restricted = commandNames.filter((name) => policyOf(name) !== 'look');

test.each(restricted)('no other row of the table names %s', (name) => {
  const others = policyNames.filter((policy) => policy !== policyOf(name));

  expect(others.filter((policy) => rows.get(policy)?.includes(name))).toEqual([]);
});

test('the table names no command that does not exist', () => {
  const groups = new Set(commandNames.map((name) => name.split(' ')[0]));
  const named = [...rows.values()]
    .flat()
    .map((text) => text.replace(/ --.*$/, ''))
    .filter((text) => text.includes(' ') && groups.has(text.split(' ')[0] ?? ''));

  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((text) => !(commandNames as readonly string[]).includes(text))).toEqual([]);
});
