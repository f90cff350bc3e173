import { commandNames } from '../../lambdas/catalog/operator-commands.ts';
import { UserError } from '../../local/user-error.ts';
import { BadInputError } from '../command-line/errors.ts';
import { clientCommands } from '../ops/client-commands.ts';
import { listEdits, type NewCommand } from './command-lists.ts';
import { capitalize, checkName, checkNew, spell } from './names.ts';
import type { FileEdit, NewFile, Plan } from './plan.ts';
import { filesWith, type Repository } from './repository.ts';
import { fillTemplate } from './templates.ts';

const CATALOG = 'lambdas/catalog/operator-commands';
const HANDLERS = 'lambdas/operations/commands';

const argumentNames = (changes: boolean) => (changes ? ['dryRun', 'requiredReason'] : ['limit']);

/** Plans a command of operators. @throws a BadInputError for a bad or an existing name. */
export function planCommand(command: NewCommand, repository: Repository): Plan {
  const { name, changes } = command;
  checkName('command', name);
  const clientNames = clientCommands.map((one) => one.name);
  checkNew('command', name, [...commandNames, ...clientNames]);
  const [group = ''] = name.split(' ');
  if (clientNames.includes(group))
    throw new BadInputError(`'${group}' is a command without a group. Choose another group.`);
  const isKnown = commandNames.some((one) => one.startsWith(`${group} `));
  const { pascal: pascalGroup, camel: camelGroup } = spell(group);
  const values = {
    command: name,
    camelGroup,
    pascalGroup,
    argumentImports: argumentNames(changes).join(', '),
    file: `${group}-commands`,
    entry: fillTemplate(`command/entry-${changes ? 'operate' : 'look'}`, {
      command: name,
    }).trimEnd(),
    handler: fillTemplate('command/handler', { command: name }).trimEnd(),
  };
  const parts = isKnown ? inKnownGroup(command, group, repository) : inNewGroup(group, values);
  const test = `test/database/operations/${spell(name).name}.test.ts`;
  return {
    subject: `the command ${name}`,
    ...parts,
    edits: [...parts.edits, ...listEdits(command)],
    files: [...parts.files, testFile(test, changes, { ...values, ...parts.module })],
    generated: ['docs/openapi.json'],
    tests: { project: 'database', paths: [test] },
    nextSteps: [
      `Write the summary and the arguments in ${CATALOG}/, what the command does in ` +
        `${parts.module.path} (its SQL in a *.queries.ts file), and what it must do in ${test}.`,
      ...(isKnown ? [] : [`Write the heading of the group in cli/ops/groups.ts.`]),
      `Try it: npm start, then npm run ops -- ${name} --help.`,
      'Name the command in docs/runbook.md if it repairs something.',
    ],
  };
}

interface GroupParts {
  readonly files: readonly NewFile[];
  readonly edits: readonly FileEdit[];
  /** Module with the functions of the group. */
  readonly module: {
    readonly path: string;
    readonly file: string;
    readonly make: string;
    readonly deps: string;
  };
}

type Values = Readonly<Record<string, string>> & {
  readonly camelGroup: string;
  readonly pascalGroup: string;
};

function inNewGroup(group: string, values: Values): GroupParts {
  const { camelGroup, pascalGroup } = values;
  const file = `${group}-commands`;
  const deps = `${pascalGroup}CommandDeps`;
  const make = `make${pascalGroup}Commands`;
  const insert = (path: string, anchor: RegExp, insertion: string): FileEdit => ({
    path,
    anchor,
    place: 'after',
    insertion,
  });
  const catalog = 'lambdas/catalog/operator-commands.ts';
  const handlers = `${HANDLERS}/operator-commands.ts`;
  return {
    module: { path: `${HANDLERS}/${file}.ts`, file, make, deps: depsOfNewGroup },
    files: [
      { path: `${CATALOG}/${group}.ts`, text: fillTemplate('command/catalog.ts', values) },
      { path: `${HANDLERS}/${file}.ts`, text: fillTemplate('command/handlers.ts', values) },
    ],
    edits: [
      insert(
        catalog,
        /^import type \* as z from 'zod';\n/m,
        `import { ${camelGroup}Commands } from './operator-commands/${group}.ts';\n`,
      ),
      insert(catalog, /^export const operatorCommands = \{\n/m, `  ...${camelGroup}Commands,\n`),
      insert(
        handlers,
        /^import type \{ CommandHandlers \} from .*\n/m,
        `import { type ${deps}, ${make} } from './${file}.ts';\n`,
      ),
      insert(handlers, /^export type OperatorCommandDeps = /m, `${deps} & `),
      insert(handlers, /^export const makeOperatorCommands = .*\n/m, `  ...${make}(deps),\n`),
      insert(
        'cli/ops/groups.ts',
        /^export const groups: .*\n/m,
        `  ${quoteKey(group)}: '${capitalize(group.replaceAll('-', ' '))}',\n`,
      ),
    ],
  };
}

const quoteKey = (key: string) => (key.includes('-') ? `'${key}'` : key);
const depsOfNewGroup = '{ pool: async () => database.pool }';

/** Adds the command beside the others of its group. */
function inKnownGroup(
  { name, changes }: NewCommand,
  group: string,
  repository: Repository,
): GroupParts {
  const catalog = onlyFile(repository, CATALOG, new RegExp(`^ {2}'${group} [\\w-]+': \\{`, 'm'));
  const method = new RegExp(`^ +async '${group} [\\w-]+'\\(`, 'm');
  const [path = ''] = filesWith(repository, HANDLERS, method);
  const source = repository.read(path);
  const [make = ''] = /\bmake\w+Commands\b/.exec(source) ?? [];
  const [first = ''] = new RegExp(method.source, 'm').exec(source) ?? [];
  const entry = fillTemplate(`command/entry-${changes ? 'operate' : 'look'}`, { command: name });
  return {
    module: {
      path,
      file: path.slice(HANDLERS.length + 1).replace(/\.ts$/, ''),
      make,
      deps: `{ pool: async () => database.pool } as unknown as Parameters<typeof ${make}>[0]`,
    },
    files: [],
    edits: [
      ...argumentEdits(repository.read(catalog), catalog, argumentNames(changes)),
      { path: catalog, anchor: /^\} as const/m, place: 'before', insertion: entry },
      {
        path,
        anchor: /CommandHandlers<(?:\s*\|)?(?=\s*')/,
        place: 'after',
        insertion: `'${name}' |`,
      },
      {
        path,
        anchor: new RegExp(`^${escapePattern(first)}`, 'm'),
        place: 'before',
        insertion: `${fillTemplate('command/handler', { command: name })}\n`,
      },
    ],
  };
}

function onlyFile(repository: Repository, folder: string, pattern: RegExp): string {
  const [path, ...others] = filesWith(repository, folder, pattern);
  if (path === undefined || others.length > 0)
    throw new UserError(`Nothing was written: no single file of ${folder} matches ${pattern}.`);
  return path;
}

/** Imports the contracts of the arguments that the file does not import yet. */
function argumentEdits(
  source: string,
  path: string,
  names: readonly string[],
): readonly FileEdit[] {
  const [, imported] = /^import \{([^}]*)\} from '\.\/arguments\.ts';/m.exec(source) ?? [];
  const missing = names.filter((name) => !imported?.match(new RegExp(`\\b${name}\\b`)));
  if (missing.length === 0) return [];
  const list = missing.join(', ');
  return imported === undefined
    ? [
        {
          path,
          anchor: /^import \* as z from 'zod';\n/m,
          place: 'after',
          insertion: `import { ${list} } from './arguments.ts';\n`,
        },
      ]
    : [
        {
          path,
          anchor: /^import \{(?=[^}]*\} from '\.\/arguments\.ts';)/m,
          place: 'after',
          insertion: ` ${list}, `,
        },
      ];
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const testFile = (path: string, changes: boolean, values: Readonly<Record<string, string>>) => ({
  path,
  text: fillTemplate(`command/command-${changes ? 'operate' : 'look'}.test.ts`, values),
});
