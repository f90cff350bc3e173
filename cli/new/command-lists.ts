import type { FileEdit } from './plan.ts';

export interface NewCommand {
  readonly name: string;
  /** True if the command changes something: it asks for a reason and has a dry run. */
  readonly changes: boolean;
}

/** Verbs of commands that the row of the policy `look` names together. */
const namedTogether = ['list', 'show'];

/** Adds the command to the lists that tests hold to the catalog. */
export const listEdits = (command: NewCommand): readonly FileEdit[] => [
  ...policyEdits(command),
  ...argumentEdits(command),
];

/** Names the command in the row of its policy: "Who may run which command" of docs/deploy.md. */
function policyEdits({ name, changes }: NewCommand): readonly FileEdit[] {
  const verb = name.split(' ').at(-1) ?? '';
  if (!changes && namedTogether.includes(verb)) return [];
  const policy = changes ? 'OperatePolicyArn' : 'LookPolicyArn';
  return [
    {
      path: 'docs/deploy.md',
      anchor: new RegExp(`^\\| \`${policy}\` \\|[^|;\\n]*(?=;)`, 'm'),
      place: 'after',
      insertion: `, \`${name}\``,
    },
  ];
}

/** Names the arguments without which the command does not run. */
const argumentEdits = ({ name, changes }: NewCommand): readonly FileEdit[] =>
  changes
    ? [
        {
          path: 'test/support/operations/required-arguments.ts',
          anchor: /^> = \{\n/m,
          place: 'after',
          insertion: `  '${name}': { id: uuid, reason },\n`,
        },
      ]
    : [];
