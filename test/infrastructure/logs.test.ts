import { describe, expect, test } from '@jest/globals';
import { redactText } from '../../lambdas/platform/redaction.ts';
import { alarms, metricsOf } from './support/metrics.ts';
import { at, list } from './support/references.ts';
import { every, type Resource, stages } from './support/stages.ts';

const logs = every('AWS::Logs::LogGroup');
const policyOf = ({ Properties }: Resource) => Properties['DataProtectionPolicy'];
const statement = (log: Resource, operation: string) =>
  list(at(policyOf(log), 'Statement')).filter(
    (candidate) => at(candidate, 'Operation', operation) !== undefined,
  );
const customIdentifiers = (log: Resource) =>
  list(at(policyOf(log), 'Configuration', 'CustomDataIdentifier')).map((identifier) => ({
    name: String(at(identifier, 'Name')),
    pattern: String(at(identifier, 'Regex')),
  }));

test.each(logs)('$stack: $id masks private data and sends findings to no destination', (log) => {
  const [audit, ...otherAudits] = statement(log, 'Audit');
  const [mask, ...otherMasks] = statement(log, 'Deidentify');

  expect([...otherAudits, ...otherMasks]).toEqual([]);
  expect(at(audit, 'Operation', 'Audit', 'FindingsDestination')).toEqual({});
  expect(at(mask, 'Operation', 'Deidentify')).toEqual({ MaskConfig: {} });
  expect(list(at(audit, 'DataIdentifier')).length).toBeGreaterThan(10);
  expect(at(mask, 'DataIdentifier')).toEqual(at(audit, 'DataIdentifier'));
  // The access log must show caller addresses: they are the only trace of a forger.
  expect(JSON.stringify(policyOf(log))).not.toContain('IpAddress');
});

test.each(logs)('$stack: $id has only patterns that CloudWatch accepts', (log) => {
  const custom = customIdentifiers(log);

  expect(custom.length).toBeGreaterThan(0);
  expect(custom.length).toBeLessThanOrEqual(10);
  for (const { name, pattern } of custom) {
    expect(name).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
    expect(pattern).toMatch(/^[A-Za-z0-9_#=@/;, ^$?[\]{}|\\*+.-]{1,200}$/);
  }
});

test.each(logs.filter(({ stack }) => stack.endsWith('webhooks')))(
  '$stack: one alarm counts the findings in $id',
  (log) => {
    const found = alarms.filter((alarm) =>
      metricsOf(alarm).some(
        ({ name, dimensions }) =>
          name === 'LogEventsWithFindings' &&
          dimensions['LogGroupName'] === `<${log.id}>` &&
          alarm.stage === log.stage,
      ),
    );

    expect(found).toHaveLength(1);
    expect(metricsOf(found[0] as Resource).length).toBeLessThanOrEqual(10);
  },
);

const showsIdentities = ({ id }: Resource) => id.startsWith('ApiAccessLog');

test('the access log of each stage shows identities, and holds nothing else of the caller', () => {
  const shown = logs.filter(showsIdentities);

  expect(shown.map(({ stage }) => stage)).toEqual(stages);
  for (const log of shown) {
    const names = customIdentifiers(log).map(({ name }) => name);
    expect(names).not.toContain('MailAddress');
    expect(names.length).toBeGreaterThan(5);
  }
});

describe.each(logs.filter((log) => !showsIdentities(log)))('$stack: the patterns of $id', (log) => {
  const matches = (text: string) =>
    customIdentifiers(log).some(({ pattern }) => new RegExp(pattern).test(text));

  test.each([
    'jane.doe+clips@example.org',
    'postgres://portal:hunter2@db.example/portal',
    'postgresql://portal:hunter2@db.example/portal',
    'https://storage.example/a/b.mp4?Expires=1&Signature=abc',
    'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX',
    `t=1700000000,v1=${'0a'.repeat(32)}`,
    `v1,${'aB1/'.repeat(11)}`,
    're_AbCd1234_EfGh5678IjKl',
    'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwbGF5YmFjayJ9.c2lnbmF0dXJl',
  ])('match %s, and do not match it after redaction', (text) => {
    const line = JSON.stringify({ message: 'a line', value: text });

    expect(matches(line)).toBe(true);
    expect(matches(redactText(line))).toBe(false);
  });
});
