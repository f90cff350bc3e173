import { expect, test } from '@jest/globals';
import { unsupported } from '../../../scripts/pipeline/emulator/ministack.ts';
import { supportedTemplate } from '../../../scripts/pipeline/emulator/supported-template.ts';
import { stages } from '../support/stages.ts';

const dev = stages.filter(({ stage }) => stage === 'dev');
const templates = dev.flatMap(({ stacks }) => Object.entries(stacks));

test.each(templates)('what the emulator lacks is no part of a webhook in %s', (_, template) => {
  const { template: supported, leftOut } = supportedTemplate(template, unsupported);

  expect(leftOut.length).toBeGreaterThan(0);
  expect(Object.keys(supported.Resources).length).toBeGreaterThan(10);
});

test.each(unsupported)(
  'a template still has the type $type that the emulator lacks',
  ({ type }) => {
    const types = templates.flatMap(([, { Resources }]) =>
      Object.values(Resources).map(({ Type }) => Type),
    );

    expect(types).toContain(type);
  },
);
