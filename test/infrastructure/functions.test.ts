import { expect, test } from '@jest/globals';
import { functions, functionsOfCdk } from './support/our-functions.ts';
import { at, entryOf, resolve } from './support/references.ts';
import { every, type Resource, stages } from './support/stages.ts';

const triggers = every('Custom::Trigger');
const logGroupOf = (one: Resource) => resolve(one, at(one.Properties, 'LoggingConfig', 'LogGroup'));
const roleOf = (one: Resource) => resolve(one, one.Properties['Role']);

test.each(functions)('$stack: $id runs an ES module on Node 24 and arm64', ({ Properties }) => {
  expect(Properties).toMatchObject({
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: 'index.handler',
  });
});

test.each(functions)('$stack: $id states its memory and its timeout', ({ Properties }) => {
  expect(Properties).toMatchObject({ MemorySize: expect.any(Number), Timeout: expect.any(Number) });
});

test.each(functions)('$stack: $id says where its code is', (one) => {
  expect(entryOf(one)).toMatch(/^[a-z/-]+\.handler\.ts$/);
});

test.each(functions)('$stack: $id logs JSON into a log group of its own', (one) => {
  const logGroup = logGroupOf(one);

  expect(at(one.Properties, 'LoggingConfig', 'LogFormat')).toBe('JSON');
  expect(logGroup?.Type).toBe('AWS::Logs::LogGroup');
  expect(functions.filter((other) => logGroupOf(other) === logGroup)).toEqual([one]);
});

test.each(functions)('$stack: $id has a role of its own', (one) => {
  const role = roleOf(one);

  expect(role?.Type).toBe('AWS::IAM::Role');
  expect(functions.filter((other) => roleOf(other) === role)).toEqual([one]);
});

test.each(every('AWS::Logs::LogGroup'))(
  '$stack: $id forgets after the days that the stage states',
  (logGroup) => {
    expect(logGroup.Properties['RetentionInDays']).toBe(logGroup.stage.config.logRetentionDays);
  },
);

test('of functions that are not ours there is one in a stage, which CDK brings to run the migrations', () => {
  expect(functionsOfCdk).toHaveLength(stages.length);
  expect(triggers.map((trigger) => resolve(trigger, trigger.Properties['ServiceToken']))).toEqual(
    functionsOfCdk,
  );
});

test.each(triggers)(
  '$stack: the migrations run before every other function is made or changed',
  (trigger) => {
    const ours = functions.filter(({ stack }) => stack === trigger.stack);
    const version = resolve(trigger, trigger.Properties['HandlerArn']);
    const migrate = version && resolve(version, version.Properties['FunctionName']);

    expect(migrate && entryOf(migrate)).toBe('platform/postgres/migrate.handler.ts');
    expect(ours.length).toBeGreaterThan(1);
    expect(ours.filter(({ DependsOn }) => !DependsOn.includes(trigger.id))).toEqual([migrate]);
  },
);

test.each(triggers)('$stack: a migration that fails fails the deploy', ({ Properties }) => {
  expect(Properties).toMatchObject({
    InvocationType: 'RequestResponse',
    ExecuteOnHandlerChange: true,
    Timeout: '600000',
  });
});
