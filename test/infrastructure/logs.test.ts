import { describe, expect, test } from '@jest/globals';
import { redactText } from '../../lambdas/platform/redaction.ts';
import { alarms, metricsOf } from './support/metrics.ts';
import { at, list } from './support/references.ts';
import { every, type Resource } from './support/stages.ts';

const logs = every('AWS::Logs::LogGroup');
const policyOf = ({ Properties }: Resource) => Properties['DataProtectionPolicy'];
const statement = (log: Resource, operation: string) =>
  list(at(policyOf(log), 'Statement')).filter(
    (one) => at(one, 'Operation', operation) !== undefined,
  );
const customOf = (log: Resource) =>
  list(at(policyOf(log), 'Configuration', 'CustomDataIdentifier')).map((one) => ({
    name: String(at(one, 'Name')),
    pattern: String(at(one, 'Regex')),
  }));

test.each(logs)('$stack: $id masks what it finds, and reports it nowhere', (log) => {
  const [audit, ...otherAudits] = statement(log, 'Audit');
  const [mask, ...otherMasks] = statement(log, 'Deidentify');

  expect([...otherAudits, ...otherMasks]).toEqual([]);
  expect(at(audit, 'Operation', 'Audit', 'FindingsDestination')).toEqual({});
  expect(at(mask, 'Operation', 'Deidentify')).toEqual({ MaskConfig: {} });
  expect(list(at(audit, 'DataIdentifier')).length).toBeGreaterThan(10);
  expect(at(mask, 'DataIdentifier')).toEqual(at(audit, 'DataIdentifier'));
  // The access log names who called: it is the only lead to a forger.
  expect(JSON.stringify(policyOf(log))).not.toContain('IpAddress');
});

test.each(logs)('$stack: $id looks for patterns that CloudWatch takes', (log) => {
  const custom = customOf(log);

  expect(custom.length).toBeGreaterThan(0);
  expect(custom.length).toBeLessThanOrEqual(10);
  for (const { name, pattern } of custom) {
    expect(name).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
    expect(pattern).toMatch(/^[A-Za-z0-9_#=@/;, ^$?[\]{}|\\*+.-]{1,200}$/);
  }
});

test.each(logs.filter(({ stack }) => stack.endsWith('webhooks')))(
  '$stack: somebody is told of what is found in $id',
  (log) => {
    const watching = alarms.filter((alarm) =>
      metricsOf(alarm).some(
        ({ name, dimensions }) =>
          name === 'LogEventsWithFindings' &&
          dimensions['LogGroupName'] === `<${log.id}>` &&
          alarm.stage === log.stage,
      ),
    );

    expect(watching).toHaveLength(1);
    expect(metricsOf(watching[0] as Resource).length).toBeLessThanOrEqual(10);
  },
);

describe.each(logs)('$stack: what $id looks for', (log) => {
  const found = (text: string) =>
    customOf(log).some(({ pattern }) => new RegExp(pattern).test(text));

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
  ])('is in %s, and not in what our redaction leaves of it', (text) => {
    const line = JSON.stringify({ message: 'a line', value: text });

    expect(found(line)).toBe(true);
    expect(found(redactText(line))).toBe(false);
  });
});
