import { metricFamilies } from '../../lambdas/catalog/metrics.ts';
import { UserError } from '../../local/user-error.ts';
import { BadInputError } from '../command-line/errors.ts';
import { didYouMean } from '../command-line/suggest.ts';
import { checkName, checkNew } from './names.ts';
import type { Plan } from './plan.ts';
import { filesWith, type Repository } from './repository.ts';

export interface NewMetric {
  readonly name: string;
  readonly family: string;
}

const CATALOG = 'lambdas/catalog/metrics';
const families: Readonly<Record<string, { readonly always: object; readonly optional: object }>> =
  metricFamilies;

export const familyNames = Object.keys(families);

/**
 * Plans a metric of an existing family.
 *
 * @throws a BadInputError for a bad or an existing name, and for an unknown family.
 */
export function planMetric({ name, family }: NewMetric, repository: Repository): Plan {
  checkName('metric', name);
  const known = families[family];
  if (known === undefined)
    throw new BadInputError(
      `--family '${family}' does not exist: expected one of ${familyNames.join(', ')}.` +
        didYouMean(family, familyNames),
    );
  checkNew('metric', name, Object.keys({ ...known.always, ...known.optional }));
  const key = new RegExp(`^ {2}'?${family}'?: \\{\\n`, 'm');
  const [path] = filesWith(repository, CATALOG, key);
  if (path === undefined)
    throw new UserError(`Nothing was written: no file of ${CATALOG} defines ${family}.`);
  return {
    subject: `the metric ${name}`,
    files: [],
    edits: [
      {
        path,
        anchor: new RegExp(`(?<=^ {2}'?${family}'?: \\{\\n(?: {4}.*\\n)*? {4}optional: \\{)`, 'm'),
        place: 'before',
        insertion: `\n      ${name}: 'Fill in: what one value counts or measures',\n`,
      },
    ],
    generated: ['docs/metrics.md'],
    tests: { project: 'unit', paths: ['test/unit/catalog/metrics.test.ts'] },
    nextSteps: [
      `Describe the metric in ${path}. A name that ends in Ms or Seconds has that unit.`,
      `Pass ${name} where the code emits the family: emitMetrics('${family}', …). A job returns ` +
        'it as a count of its run.',
      'Draw it in lib/monitoring/dashboard.ts, and add an alarm in lib/monitoring/ if somebody ' +
        'must act on it.',
    ],
  };
}
