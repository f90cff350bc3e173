import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { alarms, composites, sectionOf } from '../support/metrics.ts';
import { list, resolve } from '../support/references.ts';
import type { Resource } from '../support/stages.ts';

const runbook = readFileSync('docs/runbook.md', 'utf8');
const severities = new Map(
  [...runbook.matchAll(/^## ([a-z-]+)\n\n\*\*Severity\.\*\* (Pages|Notifies)\.$/gm)].map(
    ([, section = '', severity = '']) => [section, severity.toLowerCase()],
  ),
);
const contents = new Map(
  [...runbook.matchAll(/^\|[^|]*\| \[([a-z-]+)\]\(#\1\) \| (pages|notifies) \|$/gm)].map(
    ([, section = '', severity = '']) => [section, severity],
  ),
);

const notifiesTheTopic = (alarm: Resource) =>
  list(alarm.Properties['AlarmActions']).some(
    (action) => resolve(alarm, action)?.Type === 'AWS::SNS::Topic',
  );

test.each(alarms)('$stack: the runbook states the severity of $id', (alarm) => {
  const severity = notifiesTheTopic(alarm) ? 'notifies' : 'pages';

  expect(severities.get(sectionOf(alarm))).toBe(severity);
});

test('composite alarms page', () => {
  expect(composites).not.toEqual([]);
  expect(severities.get('page')).toBe('pages');
});

test('the table of contents lists each section with its severity', () => {
  expect([...contents].toSorted()).toEqual([...severities].toSorted());
});
