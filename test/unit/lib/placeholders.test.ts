import { expect, test } from '@jest/globals';
import cdkJson from '../../../cdk.json' with { type: 'json' };
import type { StageConfig } from '../../../lib/config.ts';
import { findPlaceholders } from '../../../lib/placeholders.ts';

const configOf = (settings: object) => settings as StageConfig;

test.each([
  'on-call@motion-mavericks.example',
  'Portal <portal@dev.portal.example>',
  'https://docs.portal.example/runbook',
  'https://portal.test',
  'ops@example.com',
  'https://mail.example.org/path',
  'https://a.invalid:8443/x',
])('finds the placeholder %s', (value) => {
  expect(findPlaceholders(configOf({ onCall: { emails: [value] } }))).toEqual([
    `onCall.emails.0: ${value}`,
  ]);
});

test.each([
  'portal@motionmavericks.com.au',
  'https://portal.motionmavericks.com.au',
  'https://testing.com/example',
  'https://myexample.com',
  'an.example of text',
  'ap-southeast-2',
])('accepts %s', (value) => {
  expect(findPlaceholders(configOf({ portalUrl: value }))).toEqual([]);
});

test.each(Object.entries(cdkJson.context.stages))(
  'the settings of %s that ship with the repository are placeholders',
  (_, settings) => {
    const found = findPlaceholders(configOf(settings)).map((one) => one.split(':')[0]);

    expect(found).toEqual(
      expect.arrayContaining(['mailFrom', 'portalUrl', 'contacts.support', 'runbookUrl']),
    );
  },
);
