import { expect, test } from '@jest/globals';
import cdkJson from '../../../cdk.json' with { type: 'json' };
import { ConfigurationError, readConfig } from '../../../lib/config.ts';

const good = cdkJson.context.stages.dev;

const context = (values: Readonly<Record<string, unknown>>) => ({
  tryGetContext: (key: string) => values[key],
});

const reading = (settings: unknown) => () =>
  readConfig(context({ stage: 'dev', stages: { dev: settings } }));

/** What an operator reads, line by line. */
function complaint(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test.each(Object.keys(cdkJson.context.stages))('%s of cdk.json is complete', (stage) => {
  const config = readConfig(context({ stage, stages: cdkJson.context.stages }));

  expect(config).toMatchObject({ stage, databaseSecretName: `motion-mavericks/${stage}/database` });
});

test('the stage is dev where none is asked for', () => {
  expect(readConfig(context({ stages: cdkJson.context.stages })).stage).toBe('dev');
});

test.each(['production', '', 'toString', '__proto__'])(
  'stage %j is answered with the stages that there are',
  (stage) => {
    expect(complaint(() => readConfig(context({ stage, stages: cdkJson.context.stages })))).toEqual(
      [`cdk.json has no stage '${stage}'. Stages: dev, staging, prod.`],
    );
  },
);

test('a database secret may have a name of its own', () => {
  expect(reading({ ...good, databaseSecretName: 'neon/portal' })().databaseSecretName).toBe(
    'neon/portal',
  );
});

test('Aurora brings a secret of its own, so that the stage keeps the one of its database before', () => {
  expect(
    reading({ ...good, database: 'aurora', databaseSecretName: 'neon/portal' })()
      .databaseSecretName,
  ).toBe('motion-mavericks/dev/aurora/database');
});

test('Aurora neither rests nor has less capacity at most than at least', () => {
  const capacity = (minCapacity: number, maxCapacity: number) =>
    complaint(reading({ ...good, aurora: { ...good.aurora, minCapacity, maxCapacity } }));

  expect(capacity(0.5, 1)).toEqual([]);
  expect(capacity(0, 1).join()).toContain('aurora.minCapacity');
  expect(capacity(4, 2).join()).toContain('aurora.maxCapacity: expected at least minCapacity');
});

test('all that is wrong is listed at once, with what was given and what is allowed', () => {
  const bad = {
    ...good,
    account: '1234',
    region: 'us-east-1',
    mailFrom: 'Motion Mavericks',
    portalUrl: 'http://portal.example/films',
    contacts: { ...good.contacts, support: 'nobody' },
    api: { requestsPerSecond: 0, burst: '100' },
    processor: { ...good.processor, maxConcurrency: 1 },
    logRetentionDays: 15,
    terminationProtection: 'yes',
    safeDeploys: 'prod',
  };

  expect(complaint(reading(bad))).toEqual([
    "Invalid settings of stage 'dev' in cdk.json:",
    '  - account: expected the 12 digits of an AWS account; got "1234"',
    '  - region: Invalid input: expected "ap-southeast-2"; got "us-east-1"',
    '  - mailFrom: expected Name <address>; got "Motion Mavericks"',
    '  - portalUrl: expected https://<host> and no path; got "http://portal.example/films"',
    '  - contacts.support: expected a mail address; got "nobody"',
    '  - api.requestsPerSecond: Too small: expected number to be >=1; got 0',
    '  - api.burst: Invalid input: expected number, received string; got "100"',
    '  - processor.maxConcurrency: Too small: expected number to be >=2; got 1',
    '  - logRetentionDays: expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365; got 15',
    '  - terminationProtection: Invalid input: expected boolean, received string; got "yes"',
    '  - safeDeploys: expected true or false; got "prod"',
  ]);
});

test('a setting that is missing and one that nobody knows are named', () => {
  const { portalUrl: _, ...incomplete } = good;
  const lines = complaint(reading({ ...incomplete, portalURL: 'https://portal.example' }));

  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^ {2}- portalUrl: .*; got nothing$/);
  expect(lines[2]).toMatch(/^ {2}- \(stage\): .*"portalURL"$/);
});

test.each([null, 'dev', [], 5])('a stage that is %j is refused', (settings) => {
  expect(complaint(reading(settings))).toHaveLength(2);
});

test('a batch above 10 needs a window, as Lambda asks for one', () => {
  const processor = { ...good.processor, batchSize: 11, batchWindowSeconds: 0 };

  expect(complaint(reading({ ...good, processor }))).toEqual([
    "Invalid settings of stage 'dev' in cdk.json:",
    '  - processor.batchWindowSeconds: expected at least 1, because Lambda requires it for a batchSize above 10',
  ]);
  expect(
    complaint(reading({ ...good, processor: { ...processor, batchWindowSeconds: 1 } })),
  ).toEqual([]);
  expect(complaint(reading({ ...good, processor: { ...processor, batchSize: 10 } }))).toEqual([]);
});

test('one deploy can go without a canary, and says so in one word', () => {
  const skipping = (canary?: unknown) =>
    readConfig(context({ canary, stages: cdkJson.context.stages })).skipCanary;

  expect(skipping()).toBe(false);
  expect(skipping('skip')).toBe(true);
  expect(complaint(() => skipping('off'))).toEqual([
    `--context canary accepts only 'skip'; got "off". Omit it to deploy with a canary.`,
  ]);
});

test('an error has no stack trace, which helps nobody who mends cdk.json', () => {
  expect(new ConfigurationError('Mend this.').stack).toBe('ConfigurationError: Mend this.');
});
