import { jobs } from '../../lambdas/catalog/jobs.ts';
import { metricFamilies } from '../../lambdas/catalog/metrics.ts';
import { BadInputError } from '../command-line/errors.ts';
import { checkName, checkNew, spell } from './names.ts';
import type { FileEdit, Plan } from './plan.ts';
import type { Repository } from './repository.ts';
import { limitsOf } from './schedule-limits.ts';
import { fillTemplate } from './templates.ts';

/** Folders that capabilities build on. A job belongs to a capability. */
const foundationFolders: readonly string[] = ['catalog', 'platform', 'jobs'];

export interface NewJob {
  readonly name: string;
  readonly folder?: string | undefined;
  readonly schedule: string;
}

/** Plans a scheduled job. @throws a BadInputError for a bad or an existing name. */
export function planJob(
  { name, folder = folderOf(name), schedule }: NewJob,
  { exists }: Pick<Repository, 'exists'>,
): Plan {
  checkName('job', name);
  checkNew(
    'job',
    name,
    jobs.map((job) => job.name),
  );
  checkFolder(folder);
  const spellings = spell(name);
  const count = `${spellings.pascal}Rows`;
  const { always, optional } = metricFamilies.jobs;
  checkNew('metric', count, Object.keys({ ...always, ...optional }));
  const depth = folder.split('/').length;
  const values = {
    ...spellings,
    folder,
    count,
    up: '../'.repeat(depth),
    testUp: '../'.repeat(depth + 2),
  };
  const test = `test/database/${folder}/${name}.test.ts`;
  const file = (path: string, template: string) => ({
    path,
    text: fillTemplate(`job/${template}`, values),
  });
  return {
    subject: `the job ${name}`,
    files: [
      file(`lambdas/${folder}/${name}.handler.ts`, 'job.handler.ts'),
      file(`lambdas/${folder}/${name}.ts`, 'job.ts'),
      file(`lambdas/${folder}/${name}.queries.ts`, 'job.queries.ts'),
      file(test, 'job.test.ts'),
    ],
    edits: [
      catalogEdit(name, folder, schedule),
      {
        path: 'lambdas/catalog/metrics/jobs.ts',
        anchor: /\n {4}\},\n {2}\},\n\} as const/,
        place: 'before',
        insertion: `\n      ${count}: 'Rows that a run of the job ${name} changed',`,
      },
      ...(exists(`lambdas/${folder.split('/')[0]}`) ? [] : [rankEdit(folder)]),
    ],
    generated: ['docs/metrics.md', 'docs/openapi.json'],
    tests: { project: 'database', paths: [test] },
    nextSteps: [
      `Write the statement in lambdas/${folder}/${name}.queries.ts, and a due row in ${test}.`,
      `Rename the count ${count} to what it counts (lambdas/catalog/metrics/jobs.ts).`,
      'Explain the statement in test/database/query-plans/ if it runs while rows are locked.',
      `Try it: npm start, then npm run ops -- jobs run ${name}.`,
    ],
  };
}

/** @throws a BadInputError for a folder whose files cannot import what a job needs. */
function checkFolder(folder: string): void {
  checkName('folder', folder);
  if (foundationFolders.includes(folder.split('/')[0] ?? ''))
    throw new BadInputError(
      `--folder '${folder}' belongs to no capability: a job is in another folder than ` +
        `${foundationFolders.join(', ')}. Give one with --folder, e.g. --folder retention.`,
    );
}

/** Returns the name without its verb: `archive-drafts` works on drafts. */
function folderOf(name: string): string {
  const [, ...subject] = name.split('-');
  return subject.length === 0 ? name : subject.join('-');
}

function catalogEdit(name: string, folder: string, schedule: string): FileEdit {
  const { timezone, timeoutSeconds, maxEventAgeSeconds, overdueAfterSeconds } = limitsOf(schedule);
  const seconds = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, '_');
  const lines = [
    `name: '${name}',`,
    `folder: '${folder}',`,
    `schedule: '${schedule}',`,
    ...(timezone === undefined ? [] : [`timezone: '${timezone}',`]),
    `timeoutSeconds: ${seconds(timeoutSeconds)},`,
    `maxEventAgeSeconds: ${seconds(maxEventAgeSeconds)},`,
    `overdueAfterSeconds: ${seconds(overdueAfterSeconds)},`,
    'publishes: false,',
    'settings: [],',
  ];
  return {
    path: 'lambdas/catalog/jobs.ts',
    anchor: /^\] as const satisfies readonly Job\[\];/m,
    place: 'before',
    insertion: `  {\n${lines.map((line) => `    ${line}\n`).join('')}  },\n`,
  };
}

/** Gives a new capability the rank of the other ones. */
const rankEdit = (folder: string): FileEdit => ({
  path: 'test/repository/folder-ranks.ts',
  anchor: /(?<= {4}'retention',\n)/,
  place: 'before',
  insertion: `    '${folder.split('/')[0]}',\n`,
});
