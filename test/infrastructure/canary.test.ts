import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { providers, webhookPath } from '../../lambdas/catalog/providers.ts';
import { alarms, fires, metricsOf } from './support/metrics.ts';
import { at, entryOf, functionIn, list, render, resolve } from './support/references.ts';
import { every, type Resource, readJson, resources, stages } from './support/stages.ts';
import { synthesize } from './support/synthesize.ts';

const careful = stages.filter(({ config }) => config.safeDeploys);
const quick = stages.filter(({ config }) => !config.safeDeploys);
const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
const canaries = ofType('AWS::CodeDeploy::DeploymentGroup').map((group) => {
  const alias = ofType('AWS::Lambda::Alias').find((one) => shifts(one) === group) as Resource;
  const watched = list(at(group.Properties, 'AlarmConfiguration', 'Alarms')).map((one) =>
    resolve(group, at(one, 'Name')),
  );
  return {
    stage: group.stage.stage,
    id: group.id,
    group,
    alias,
    watched: watched as readonly Resource[],
  };
});

function shifts(alias: Resource): Resource | undefined {
  return resolve(
    alias,
    at(alias.UpdatePolicy, 'CodeDeployLambdaAliasUpdate', 'DeploymentGroupName'),
  );
}

const targetOf = (stage: unknown, path: string): Resource => {
  const ofStage = ({ stage: one }: Resource) => one === stage;
  const route = every('AWS::ApiGatewayV2::Route').find(
    (one) => ofStage(one) && one.Properties['RouteKey'] === `POST ${path}`,
  ) as Resource;
  const id = /<(\w+)>/.exec(render(route, route.Properties['Target']))?.[1];
  const integration = every('AWS::ApiGatewayV2::Integration').find(
    (one) => ofStage(one) && one.id === id,
  ) as Resource;
  return resolve(integration, integration.Properties['IntegrationUri']) as Resource;
};
const doors = (some: typeof stages) =>
  some.flatMap((stage) =>
    providers.map((provider) => ({
      stage: stage.stage,
      provider,
      target: targetOf(stage, webhookPath(provider)),
    })),
  );

test('prod deploys its verifiers by a canary', () => {
  expect(careful.map(({ stage }) => stage)).toContain('prod');
});

test.each(doors(careful))(
  '$stage: what $provider delivers goes to a version that CodeDeploy shifts to',
  (door) => {
    const entry = functionIn(door.target, { Ref: door.target.id }) as Resource;

    expect(door.target.Type).toBe('AWS::Lambda::Alias');
    expect(entryOf(entry)).toBe(`providers/${door.provider}/verify.handler.ts`);
    expect(canaries.filter(({ alias }) => alias === door.target)).toHaveLength(1);
  },
);

test.each(doors(quick))(
  '$stage: what $provider delivers goes to the function itself',
  ({ target }) => {
    expect(target.Type).toBe('AWS::Lambda::Function');
  },
);

test('nothing but the verifiers of stages that say so is deployed by a canary', () => {
  expect(canaries).toHaveLength(careful.length * providers.length);
  expect(ofType('AWS::Lambda::Alias')).toHaveLength(canaries.length);
});

test.each(canaries)(
  '$stage: $id shifts a tenth for five minutes, and back for any reason',
  ({ group }) => {
    expect(group.Properties).toMatchObject({
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      AlarmConfiguration: { Enabled: true },
    });
    expect(at(group.Properties, 'AlarmConfiguration', 'IgnorePollAlarmFailure') ?? false).toBe(
      false,
    );
    expect(at(group.Properties, 'AutoRollbackConfiguration')).toEqual({
      Enabled: true,
      Events: expect.arrayContaining([
        'DEPLOYMENT_FAILURE',
        'DEPLOYMENT_STOP_ON_ALARM',
        'DEPLOYMENT_STOP_ON_REQUEST',
      ]),
    });
  },
);

test.each(canaries)(
  '$stage: $id shifts back for the alarms of the verifier that it deploys',
  ({ alias, ...canary }) => {
    const provider = entryOf(functionIn(alias, { Ref: alias.id }) as Resource)?.split('/')[1];
    const names = ['new-version-failing', 'verifier-failing'].map(
      (name) => `motion-mavericks-${canary.stage}-${provider}-${name}`,
    );

    expect(canary.watched.map((alarm) => alarm.Properties['AlarmName']).sort()).toEqual(names);
  },
);

const newVersions = canaries.map(({ watched, ...canary }) => ({
  ...canary,
  alarm: watched.find(({ Properties }) =>
    /-new-version-failing$/.test(String(Properties['AlarmName'])),
  ) as Resource,
}));

test.each(newVersions)(
  '$stage: $id knows the new version from the old within its five minutes',
  ({ alias, alarm }) => {
    const ofLambda = metricsOf(alarm).filter(({ namespace }) => namespace === 'AWS/Lambda');
    const version = render(alias, alias.Properties['FunctionVersion']);
    const name = render(alias, alias.Properties['FunctionName']);

    expect(ofLambda.map((one) => one.name).sort()).toEqual(['Errors', 'Invocations']);
    for (const { dimensions } of ofLambda)
      expect(dimensions).toEqual({
        ExecutedVersion: version,
        FunctionName: name,
        Resource: `${name}:${alias.Properties['Name']}`,
      });
    for (const { periodSeconds } of metricsOf(alarm)) expect(periodSeconds).toBe(60);
    expect(alarm.Properties['EvaluationPeriods']).toBe(1);
  },
);

test.each(newVersions)(
  '$stage: a crash of the new version is enough for $id, or a failure while it runs',
  ({ alarm }) => {
    expect(fires(alarm, { Errors: 1 })).toBe(true);
    expect(fires(alarm, { Invocations: 1, AcceptFailed: 1 })).toBe(true);
    expect(fires(alarm, { AcceptFailed: 1 })).toBe(false);
    expect(fires(alarm, { Invocations: 1_000, Errors: 0, AcceptFailed: 0 })).toBe(false);
    expect(fires(alarm, {})).toBe(false);
  },
);

test('whatever else is asked of a function counts its calls by any name', () => {
  // By FunctionName alone Lambda counts all versions and aliases.
  const others = alarms
    .filter((alarm) => !newVersions.some((one) => one.alarm === alarm))
    .flatMap(metricsOf)
    .filter(({ namespace }) => namespace === 'AWS/Lambda');

  expect(others.length).toBeGreaterThan(0);
  expect(
    others.filter(({ dimensions }) => Object.keys(dimensions).join() !== 'FunctionName'),
  ).toEqual([]);
});

test.each(canaries)(
  '$stage: CodeDeploy may do for $id what it does for one alias of this account',
  ({ group, alias }) => {
    const role = resolve(group, group.Properties['ServiceRoleArn']) as Resource;
    const trust = at(role.Properties, 'AssumeRolePolicyDocument', 'Statement', 0);
    const granted = list(role.Properties['Policies'])
      .flatMap((policy) => list(at(policy, 'PolicyDocument', 'Statement')))
      .flatMap((one) =>
        list(at(one, 'Action')).map((action) => `${action} ${render(role, at(one, 'Resource'))}`),
      );
    const lambda = render(alias, alias.Properties['FunctionName']);

    expect(at(trust, 'Principal')).toEqual({ Service: 'codedeploy.amazonaws.com' });
    expect(at(trust, 'Condition')).toEqual({
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    });
    expect(granted.sort()).toEqual([
      `cloudwatch:DescribeAlarms arn:aws:cloudwatch:${group.stage.config.region}:<AWS::AccountId>:alarm:*`,
      `lambda:GetAlias ${lambda}`,
      `lambda:GetProvisionedConcurrencyConfig ${lambda}:live`,
      `lambda:UpdateAlias ${lambda}`,
    ]);
  },
);

const inAHurry = z.object({ Resources: z.record(z.string(), z.unknown()) });

test('a deploy in a hurry changes nothing but how the traffic shifts', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hurry-'));
  try {
    const context = { canary: 'skip' };
    const { exitCode } = await synthesize({ stage: 'prod', directory, bundle: false, context });
    const file = 'motion-mavericks-prod-webhooks';
    const { Resources } = inAHurry.parse(readJson(directory, `${file}.template.json`));
    const usual = stages.find(({ stage }) => stage === 'prod')?.stacks[file]?.Resources ?? {};
    const groups = canaries.filter(({ stage }) => stage === 'prod').map(({ id }) => id);

    expect(exitCode).toBe(0);
    expect(Object.keys(Resources).filter(notAVersion)).toEqual(
      Object.keys(usual).filter(notAVersion),
    );
    for (const id of groups)
      expect(at(Resources[id], 'Properties')).toMatchObject({
        DeploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
        AlarmConfiguration: { Enabled: false },
      });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 60_000);

/** Its id holds a hash of the code, which is not bundled here. */
const notAVersion = (id: string) => !id.includes('CurrentVersion');
