import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { findPlaceholders } from '../../lib/placeholders.ts';
import { stages } from './support/stages.ts';

const pages = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
);

/** Names in backticks that end as the names of our outputs do. */
const named = pages.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/`(\w+(?:PolicyArn|WebhookUrl|TokenName|ApiUrl))`/g)].map(
    ([, name = '']) => ({ page, name }),
  ),
);

test.each(stages)('$stage has every output that the docs name', ({ stacks }) => {
  const outputs = Object.values(stacks).flatMap(({ Outputs }) => Object.keys(Outputs));

  expect(named.length).toBeGreaterThan(4);
  expect(named.filter(({ name }) => !outputs.includes(name))).toEqual([]);
});

test.each(stages)('$stage is rejected by CloudFormation while it has placeholders', (stage) => {
  const placeholders = findPlaceholders(stage.config);
  const rules = Object.values(stage.stacks).flatMap(({ Rules }) => Object.values(Rules));
  const texts = rules.flatMap(({ Assertions }) =>
    Assertions.map(({ AssertDescription }) => AssertDescription),
  );

  expect(placeholders).not.toEqual([]);
  for (const placeholder of placeholders) expect(texts.join('\n')).toContain(placeholder);
});
