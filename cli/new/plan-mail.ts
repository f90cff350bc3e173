import { checkName, checkNew, spell } from './names.ts';
import type { Plan } from './plan.ts';
import type { Repository } from './repository.ts';
import { fillTemplate } from './templates.ts';

/** Plans a mail. @throws a BadInputError for a bad or an existing kind. */
export function planMail(kind: string, { read }: Pick<Repository, 'read'>): Plan {
  checkName('mail', kind);
  checkNew('mail', kind, kindsIn(read('lambdas/notifications/render-mail.ts')));
  const spellings = spell(kind);
  const { name, camel } = spellings;
  const template = `lambdas/notifications/templates/${name}.tsx`;
  const test = `test/unit/notifications/${name}.test.ts`;
  const values = { ...spellings, kind };
  return {
    subject: `the mail ${kind}`,
    files: [
      { path: template, text: fillTemplate('mail/mail.tsx', values) },
      { path: test, text: fillTemplate('mail/mail.test.ts', values) },
    ],
    edits: [
      {
        path: 'lambdas/notifications/render-mail.ts',
        anchor: /^import .* from '\.\/templates\/portal-links\.ts';\n/m,
        place: 'after',
        insertion: `import { ${camel} } from './templates/${name}.tsx';\n`,
      },
      {
        path: 'lambdas/notifications/render-mail.ts',
        anchor: /^const composers: .*= new Map\(\[\n/m,
        place: 'after',
        insertion: `  ['${kind}', makeComposer(${camel})],\n`,
      },
      {
        path: 'cli/mails/mail-samples.ts',
        anchor: /^export const mailSamples: .* = \{\n/m,
        place: 'after',
        insertion: `  '${kind}': ({ title }) => ({ title }),\n`,
      },
    ],
    generated: [],
    tests: { project: 'unit', paths: [test, 'test/unit/notifications/all-mails.test.ts'] },
    nextSteps: [
      `Write the texts in ${template}, and look at them: npm run mails -- ${kind}.`,
      'Keep the params that the mail needs, in the template and in cli/mails/mail-samples.ts.',
      `Insert a notification of the kind ${kind} where the mail is caused, in the transaction of ` +
        'its cause (lambdas/notifications/request-mail.ts).',
    ],
  };
}

const kindsIn = (source: string): readonly string[] =>
  [...source.matchAll(/^ {2}\['([\w.-]+)', makeComposer\(/gm)].map(([, kind = '']) => kind);
