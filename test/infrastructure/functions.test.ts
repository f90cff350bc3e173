import { expect, test } from '@jest/globals';
import { at, entryOf, every, synthesize, target } from './synth.ts';

const app = await synthesize();

// Brought by CDK to run the migrations during a deploy: its code, role and settings are not ours.
const isOfCdk = ({ id }: { id: string }) => id.startsWith('AWSCDKTriggerCustomResourceProvider');
const functions = every(app, 'AWS::Lambda::Function').filter((one) => !isOfCdk(one));
const roles = every(app, 'AWS::IAM::Role').filter((one) => !isOfCdk(one));
const logGroups = every(app, 'AWS::Logs::LogGroup');

test.each(functions)('$id runs an ES module on Node 24 and arm64', ({ Properties }) => {
  expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
});

test.each(functions)('$id states its memory and its timeout', ({ Properties }) => {
  expect(Properties).toMatchObject({ MemorySize: expect.any(Number), Timeout: expect.any(Number) });
});

test.each(functions)('$id logs JSON into a log group of its own', ({ id, Properties }) => {
  const logGroup = target(at(Properties, 'LoggingConfig', 'LogGroup'));
  const sharers = functions.filter((other) => target(at(other.Properties, 'LoggingConfig', 'LogGroup')) === logGroup);

  expect(at(Properties, 'LoggingConfig', 'LogFormat')).toBe('JSON');
  expect(logGroups.map((group) => group.id)).toContain(logGroup);
  expect(sharers.map((other) => other.id)).toEqual([id]);
});

test.each(functions)('$id has a role of its own', ({ id, Properties }) => {
  const sharers = functions.filter((other) => target(other.Properties['Role']) === target(Properties['Role']));

  expect(sharers.map((other) => other.id)).toEqual([id]);
});

test.each(roles)('$id carries none of the policies that AWS manages', ({ Properties }) => {
  expect(Properties['ManagedPolicyArns'] ?? []).toEqual([]);
});

test.each(logGroups)('$id forgets after the days that the stage states', ({ Properties }) => {
  expect(Properties['RetentionInDays']).toBe(14);
});

test.each(functions)('$id has no environment variable that holds a secret', ({ Properties }) => {
  for (const [name, value] of Object.entries(at(Properties, 'Environment', 'Variables') ?? {})) {
    if (/SECRET|KEY|TOKEN|PASSWORD|DATABASE/.test(name)) expect(value).toMatch(/^motion-mavericks\/dev\//);
  }
});

test('migrations run before every function that works with what they make', () => {
  const [migrations, ...others] = every(app, 'Custom::Trigger');
  const version = app.resources.find(({ id }) => id === target(migrations.Properties['HandlerArn']));
  const migrate = functions.find(({ id }) => id === target(version?.Properties['FunctionName']));

  expect(others).toEqual([]);
  expect(migrate && entryOf(migrate)).toBe('jobs/migrate.handler.ts');
  expect(functions.filter(({ DependsOn }) => !DependsOn.includes(migrations.id))).toEqual([migrate]);
});

test('a migration that fails fails the deploy', () => {
  expect(every(app, 'Custom::Trigger')[0].Properties).toMatchObject({
    InvocationType: 'RequestResponse',
    ExecuteOnHandlerChange: true,
    Timeout: '600000',
  });
});
