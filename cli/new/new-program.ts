import { resolve } from 'node:path';
import * as z from 'zod';
import { type Command, defineCommand, defineProgram } from '../command-line/command.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { addPart } from './add-part.ts';
import type { Plan } from './plan.ts';
import { planCommand } from './plan-command.ts';
import { planJob } from './plan-job.ts';
import { planMail } from './plan-mail.ts';
import { familyNames, planMetric } from './plan-metric.ts';
import { planProvider } from './plan-provider.ts';
import { openRepository, type Repository } from './repository.ts';

const root = resolve(import.meta.dirname, '../..');

const options = {
  dryRun: z.boolean().default(false).describe('Print what would be written; write nothing'),
  force: z.boolean().default(false).describe('Also edit files with changes that are not committed'),
};
const nameOf = (description: string) => z.string().min(1).describe(description);

interface Kind<Shape extends z.ZodRawShape> {
  readonly name: string;
  readonly summary: string;
  readonly details: string;
  readonly options: Shape;
  readonly suggestions?: Command['suggestions'];
  readonly plan: (given: z.output<z.ZodObject<Shape>>, repository: Repository) => Plan;
}

const defineKind = <Shape extends z.ZodRawShape>(kind: Kind<Shape>): Command<Terminal> =>
  defineCommand({
    name: kind.name,
    summary: kind.summary,
    details: kind.details,
    arguments: z.strictObject({ ...kind.options, ...options }),
    ...(kind.suggestions && { suggestions: kind.suggestions }),
    async run(given, terminal: Terminal) {
      const repository = openRepository(root);
      const { dryRun, force } = given as { dryRun: boolean; force: boolean };
      const plan = kind.plan(given as z.output<z.ZodObject<Shape>>, repository);
      return addPart(plan, { root, repository, terminal, dryRun, force });
    },
  });

const commands = [
  defineKind({
    name: 'provider',
    summary: 'Add a provider of webhooks: verifier, queue, processor, alarms and local mode follow',
    details: 'Example: npm run new -- provider acme',
    options: { name: nameOf('One word, e.g. acme') },
    plan: ({ name }) => planProvider(name),
  }),
  defineKind({
    name: 'job',
    summary: 'Add a scheduled job: schedule, function, alarms and local mode follow',
    details: "Example: npm run new -- job archive-drafts --folder drafts --schedule 'rate(1 hour)'",
    options: {
      name: nameOf('Verb and subject, e.g. archive-drafts'),
      folder: z
        .string()
        .optional()
        .describe('Folder below lambdas/ (default: the name without its first word)'),
      schedule: z
        .string()
        .default('rate(1 hour)')
        .describe('Schedule of EventBridge: rate(…) up to 12 hours, or cron(…) once a day'),
    },
    plan: (given, repository) => planJob(given, repository),
  }),
  defineKind({
    name: 'mail',
    summary: 'Add a mail: template, samples for its preview and test',
    details: 'Example: npm run new -- mail draft.archived',
    options: { name: nameOf('Kind of the notification, e.g. draft.archived') },
    plan: ({ name }, repository) => planMail(name, repository),
  }),
  defineKind({
    name: 'command',
    summary: 'Add a command of operators: contract, function, route and help',
    details: "Example: npm run new -- command 'drafts archive' --changes",
    options: {
      name: nameOf("Group and verb in quotes, e.g. 'drafts list'"),
      changes: z
        .boolean()
        .default(false)
        .describe('The command changes something: it asks for a reason and has --dry-run'),
    },
    plan: (given, repository) => planCommand(given, repository),
  }),
  defineKind({
    name: 'metric',
    summary: 'Add a metric to a family that the code emits',
    details: 'Example: npm run new -- metric DraftsArchived --family jobs',
    options: {
      name: nameOf('Words that begin with a capital, e.g. DraftsArchived'),
      family: z.string().min(1).default('jobs').describe('Family of metrics'),
    },
    suggestions: { family: () => familyNames },
    plan: (given, repository) => planMetric(given, repository),
  }),
];

/** Adds parts to this repository. */
export const makeProgram = (name: string, version: string) =>
  defineProgram<Terminal>({
    name,
    version,
    summary: 'Add a part with failing tests, and edit the lists that need it',
    commands,
    globals: z.strictObject({}),
    open: (_, terminal) => terminal,
  });
