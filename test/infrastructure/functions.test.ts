import { expect, test } from '@jest/globals';
import { runsAheadVariable } from '../../lambdas/jobs/due-time.ts';
import { functions, functionsOfCdk } from './support/our-functions.ts';
import { at, entryOf, resolve } from './support/references.ts';
import { every, type Resource, stages } from './support/stages.ts';

const triggers = every('Custom::Trigger');
const logGroupOf = (lambda: Resource) =>
  resolve(lambda, at(lambda.Properties, 'LoggingConfig', 'LogGroup'));
const roleOf = (lambda: Resource) => resolve(lambda, lambda.Properties['Role']);

test.each(functions)('$stack: $id runs an ES module on Node 24 and arm64', ({ Properties }) => {
  expect(Properties).toMatchObject({
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: 'index.handler',
  });
});

test.each(functions)('$stack: $id sets its memory and its timeout', ({ Properties }) => {
  expect(Properties).toMatchObject({ MemorySize: expect.any(Number), Timeout: expect.any(Number) });
});

test.each(functions)('$stack: $id names its source file in its description', (lambda) => {
  expect(entryOf(lambda)).toMatch(/^[a-z/-]+\.handler\.ts$/);
});

test.each(functions)('$stack: $id logs JSON into its own log group', (lambda) => {
  const logGroup = logGroupOf(lambda);

  expect(at(lambda.Properties, 'LoggingConfig', 'LogFormat')).toBe('JSON');
  expect(logGroup?.Type).toBe('AWS::Logs::LogGroup');
  expect(functions.filter((other) => logGroupOf(other) === logGroup)).toEqual([lambda]);
});

test.each(functions)('$stack: $id has its own role', (lambda) => {
  const role = roleOf(lambda);

  expect(role?.Type).toBe('AWS::IAM::Role');
  expect(functions.filter((other) => roleOf(other) === role)).toEqual([lambda]);
});

test.each(every('AWS::Logs::LogGroup'))(
  '$stack: $id has the log retention of the stage',
  (logGroup) => {
    expect(logGroup.Properties['RetentionInDays']).toBe(logGroup.stage.config.logRetentionDays);
  },
);

test.each(functionsOfCdk)('$stack: $id logs JSON into its own log group', (lambda) => {
  const logGroup = logGroupOf(lambda);
  const ofOthers = [...functions, ...functionsOfCdk].filter((other) => other !== lambda);

  expect(at(lambda.Properties, 'LoggingConfig', 'LogFormat')).toBe('JSON');
  expect(logGroup?.Type).toBe('AWS::Logs::LogGroup');
  expect(ofOthers.filter((other) => logGroupOf(other) === logGroup)).toEqual([]);
});

test('each stage has one function of CDK, which runs the migrations', () => {
  expect(functionsOfCdk).toHaveLength(stages.length);
  expect(triggers.map((trigger) => resolve(trigger, trigger.Properties['ServiceToken']))).toEqual(
    functionsOfCdk,
  );
});

test.each(triggers)(
  '$stack: $id runs the migrations before any other function is created or updated',
  (trigger) => {
    const sameStack = functions.filter(({ stack }) => stack === trigger.stack);
    const version = resolve(trigger, trigger.Properties['HandlerArn']);
    const migrate = version && resolve(version, version.Properties['FunctionName']);

    expect(migrate && entryOf(migrate)).toBe('platform/postgres/migrate.handler.ts');
    expect(sameStack.length).toBeGreaterThan(1);
    expect(sameStack.filter(({ DependsOn }) => !DependsOn.includes(trigger.id))).toEqual([migrate]);
  },
);

test.each(triggers)('$stack: a failed migration fails the deploy', (trigger) => {
  const version = resolve(trigger, trigger.Properties['HandlerArn']);
  const migrate = version && resolve(version, version.Properties['FunctionName']);
  const { InvocationType, ExecuteOnHandlerChange, Timeout } = trigger.Properties;

  expect({ InvocationType, ExecuteOnHandlerChange }).toEqual({
    InvocationType: 'RequestResponse',
    ExecuteOnHandlerChange: true,
  });
  // A trigger that ends first would report a failure of a migration that succeeds.
  expect(Number(Timeout)).toBeGreaterThan(Number(migrate?.Properties['Timeout']) * 1000);
});

test.each(stages)('$stage deploys no function that may run a job ahead of time', (stage) => {
  const allowed = every('AWS::Lambda::Function').filter(
    (one) =>
      one.stage === stage &&
      runsAheadVariable in Object(at(one.Properties, 'Environment', 'Variables')),
  );

  expect(allowed).toEqual([]);
});
