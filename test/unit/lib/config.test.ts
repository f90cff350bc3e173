import { expect, test } from '@jest/globals';
import cdkJson from '../../../cdk.json' with { type: 'json' };
import { ConfigurationError, readConfig } from '../../../lib/config.ts';

const good = cdkJson.context.stages.dev;

const context = (values: Readonly<Record<string, unknown>>) => ({
  tryGetContext: (key: string) => values[key],
});

const reading = (settings: unknown) => () =>
  readConfig(context({ stage: 'dev', stages: { dev: settings } }));

/** Returns the lines of the error message, or none if the settings are valid. */
function errorLines(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test.each(Object.keys(cdkJson.context.stages))('accepts stage %s of cdk.json', (stage) => {
  const config = readConfig(context({ stage, stages: cdkJson.context.stages }));

  expect(config).toMatchObject({ stage, databaseSecretName: `motion-mavericks/${stage}/database` });
});

test('uses dev by default', () => {
  expect(readConfig(context({ stages: cdkJson.context.stages })).stage).toBe('dev');
});

test.each(['production', '', 'toString', '__proto__'])(
  'rejects the unknown stage %j and lists the stages',
  (stage) => {
    expect(
      errorLines(() => readConfig(context({ stage, stages: cdkJson.context.stages }))),
    ).toEqual([`cdk.json has no stage '${stage}'. Stages: dev, staging, prod.`]);
  },
);

test('accepts another name for the database secret', () => {
  expect(reading({ ...good, databaseSecretName: 'neon/portal' })().databaseSecretName).toBe(
    'neon/portal',
  );
});

test('uses a separate secret for Aurora, so the secret of an external database is kept', () => {
  expect(
    reading({ ...good, database: 'aurora', databaseSecretName: 'neon/portal' })()
      .databaseSecretName,
  ).toBe('motion-mavericks/dev/aurora/database');
});

test('rejects an Aurora capacity that can pause, or a maximum below the minimum', () => {
  const capacity = (minCapacity: number, maxCapacity: number) =>
    errorLines(reading({ ...good, aurora: { ...good.aurora, minCapacity, maxCapacity } }));

  expect(capacity(0.5, 1)).toEqual([]);
  expect(capacity(0, 1).join()).toContain('aurora.minCapacity');
  expect(capacity(4, 2).join()).toContain('aurora.maxCapacity: expected at least minCapacity');
});

test('keeps bounces for at least as long as the suppression rule counts them', () => {
  const keeping = (mailIncidents: number, transientWindowDays: number) =>
    errorLines(
      reading({
        ...good,
        retentionDays: { ...good.retentionDays, mailIncidents },
        suppressionRule: { ...good.suppressionRule, transientWindowDays },
      }),
    );

  expect(keeping(90, 90)).toEqual([]);
  expect(keeping(89, 90).join()).toContain(
    'retentionDays.mailIncidents: expected at least suppressionRule.transientWindowDays',
  );
});

test('keeps records for the default time if a setting is missing', () => {
  const { webhookBodies, webhookEvents, outbox, jobRuns } = good.retentionDays;
  const { retentionDays } = reading({
    ...good,
    retentionDays: { webhookBodies, webhookEvents, outbox, jobRuns },
  })();

  expect(retentionDays).toMatchObject({ notifications: 400, operatorActions: 1_095 });
});

test('lists all invalid settings at once, each with its value and what is allowed', () => {
  const bad = {
    ...good,
    account: '1234',
    region: 'us-east-1',
    mailFrom: 'Motion Mavericks',
    portalUrl: 'http://portal.example/videos',
    contacts: { ...good.contacts, support: 'nobody' },
    api: { requestsPerSecond: 0, burst: '100' },
    processor: { ...good.processor, maxConcurrency: 1 },
    logRetentionDays: 15,
    terminationProtection: 'yes',
    safeDeploys: 'prod',
  };

  expect(errorLines(reading(bad))).toEqual([
    "Invalid settings of stage 'dev' in cdk.json:",
    '  - account: expected the 12 digits of an AWS account; got "1234"',
    '  - region: Invalid input: expected "ap-southeast-2"; got "us-east-1"',
    '  - mailFrom: expected Name <address>; got "Motion Mavericks"',
    '  - portalUrl: expected https://<host> and no path; got "http://portal.example/videos"',
    '  - contacts.support: expected a mail address; got "nobody"',
    '  - api.requestsPerSecond: Too small: expected number to be >=1; got 0',
    '  - api.burst: Invalid input: expected number, received string; got "100"',
    '  - processor.maxConcurrency: Too small: expected number to be >=2; got 1',
    '  - logRetentionDays: expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365; got 15',
    '  - terminationProtection: Invalid input: expected boolean, received string; got "yes"',
    '  - safeDeploys: expected true or false; got "prod"',
  ]);
});

test('names a missing setting and an unknown setting', () => {
  const { portalUrl: _, ...incomplete } = good;
  const lines = errorLines(reading({ ...incomplete, portalURL: 'https://portal.example' }));

  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^ {2}- portalUrl: .*; got nothing$/);
  expect(lines[2]).toMatch(/^ {2}- \(stage\): .*"portalURL"$/);
});

test.each([null, 'dev', [], 5])('rejects %j as a stage', (settings) => {
  expect(errorLines(reading(settings))).toHaveLength(2);
});

test('requires a batch window for a batch size above 10', () => {
  const processor = { ...good.processor, batchSize: 11, batchWindowSeconds: 0 };

  expect(errorLines(reading({ ...good, processor }))).toEqual([
    "Invalid settings of stage 'dev' in cdk.json:",
    '  - processor.batchWindowSeconds: expected at least 1, ' +
      'because Lambda requires it for a batchSize above 10',
  ]);
  expect(
    errorLines(reading({ ...good, processor: { ...processor, batchWindowSeconds: 1 } })),
  ).toEqual([]);
  expect(errorLines(reading({ ...good, processor: { ...processor, batchSize: 10 } }))).toEqual([]);
});

test('protects the stacks of prod in every deploy but the first', () => {
  const isProtected = (firstDeploy?: unknown) =>
    readConfig(
      context({ stage: 'prod', 'first-deploy': firstDeploy, stages: cdkJson.context.stages }),
    ).terminationProtection;

  expect(isProtected()).toBe(true);
  // The CLI protects a stack before its first change set, which then could not be repeated.
  expect(isProtected('yes')).toBe(false);
  expect(errorLines(() => isProtected('no'))).toEqual([
    `--context first-deploy accepts only 'yes'; got "no". ` +
      'Omit it to protect the stacks if the stage says so.',
  ]);
});

test('skips the canary only for --context canary=skip', () => {
  const skipCanary = (canary?: unknown) =>
    readConfig(context({ canary, stages: cdkJson.context.stages })).skipCanary;

  expect(skipCanary()).toBe(false);
  expect(skipCanary('skip')).toBe(true);
  expect(errorLines(() => skipCanary('off'))).toEqual([
    `--context canary accepts only 'skip'; got "off". Omit it to deploy with a canary.`,
  ]);
});

test('a configuration error has no stack trace', () => {
  expect(new ConfigurationError('Invalid.').stack).toBe('ConfigurationError: Invalid.');
});
