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

const withCanary = stages.filter(({ config }) => config.safeDeploys);
const withoutCanary = stages.filter(({ config }) => !config.safeDeploys);
const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
const canaries = ofType('AWS::CodeDeploy::DeploymentGroup').map((group) => {
  const alias = ofType('AWS::Lambda::Alias').find(
    (candidate) => deploymentGroupOf(candidate) === group,
  ) as Resource;
  const rollbackAlarms = list(at(group.Properties, 'AlarmConfiguration', 'Alarms')).map((alarm) =>
    resolve(group, at(alarm, 'Name')),
  );
  return {
    stage: group.stage.stage,
    id: group.id,
    group,
    alias,
    rollbackAlarms: rollbackAlarms as readonly Resource[],
  };
});

/** Returns the CodeDeploy group that shifts the traffic of an alias. */
function deploymentGroupOf(alias: Resource): Resource | undefined {
  return resolve(
    alias,
    at(alias.UpdatePolicy, 'CodeDeployLambdaAliasUpdate', 'DeploymentGroupName'),
  );
}

/** Returns the function or alias behind the route of a path. */
const targetOf = (stage: unknown, path: string): Resource => {
  const isOfStage = (resource: Resource) => resource.stage === stage;
  const route = every('AWS::ApiGatewayV2::Route').find(
    (candidate) => isOfStage(candidate) && candidate.Properties['RouteKey'] === `POST ${path}`,
  ) as Resource;
  const id = /<(\w+)>/.exec(render(route, route.Properties['Target']))?.[1];
  const integration = every('AWS::ApiGatewayV2::Integration').find(
    (candidate) => isOfStage(candidate) && candidate.id === id,
  ) as Resource;
  return resolve(integration, integration.Properties['IntegrationUri']) as Resource;
};
const ingestEndpoints = (ofStages: typeof stages) =>
  ofStages.flatMap((stage) =>
    providers.map((provider) => ({
      stage: stage.stage,
      provider,
      target: targetOf(stage, webhookPath(provider)),
    })),
  );

test('prod deploys its verifiers with a canary', () => {
  expect(withCanary.map(({ stage }) => stage)).toContain('prod');
});

test.each(ingestEndpoints(withCanary))(
  '$stage: the $provider endpoint invokes an alias that CodeDeploy shifts',
  ({ provider, target }) => {
    const verifier = functionIn(target, { Ref: target.id }) as Resource;

    expect(target.Type).toBe('AWS::Lambda::Alias');
    expect(entryOf(verifier)).toBe(`providers/${provider}/verify.handler.ts`);
    expect(canaries.filter(({ alias }) => alias === target)).toHaveLength(1);
  },
);

test.each(ingestEndpoints(withoutCanary))(
  '$stage: the $provider endpoint invokes the function itself',
  ({ target }) => {
    expect(target.Type).toBe('AWS::Lambda::Function');
  },
);

test('only verifiers of stages with safeDeploys have a canary', () => {
  expect(canaries).toHaveLength(withCanary.length * providers.length);
  expect(ofType('AWS::Lambda::Alias')).toHaveLength(canaries.length);
});

test.each(canaries)(
  '$stage: $id shifts a tenth for five minutes, and rolls back on every failure',
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
  '$stage: $id rolls back on the two alarms of its own verifier',
  ({ alias, ...canary }) => {
    const provider = entryOf(functionIn(alias, { Ref: alias.id }) as Resource)?.split('/')[1];
    const names = ['new-version-failing', 'verifier-failing'].map(
      (name) => `motion-mavericks-${canary.stage}-${provider}-${name}`,
    );

    expect(canary.rollbackAlarms.map((alarm) => alarm.Properties['AlarmName']).sort()).toEqual(
      names,
    );
  },
);

const newVersions = canaries.map(({ rollbackAlarms, ...canary }) => ({
  ...canary,
  alarm: rollbackAlarms.find(({ Properties }) =>
    /-new-version-failing$/.test(String(Properties['AlarmName'])),
  ) as Resource,
}));

test.each(newVersions)(
  '$stage: the alarm of $id measures only the new version, in periods of a minute',
  ({ alias, alarm }) => {
    const ofLambda = metricsOf(alarm).filter(({ namespace }) => namespace === 'AWS/Lambda');
    const version = render(alias, alias.Properties['FunctionVersion']);
    const name = render(alias, alias.Properties['FunctionName']);

    expect(ofLambda.map((metric) => metric.name).sort()).toEqual(['Errors', 'Invocations']);
    for (const { dimensions } of ofLambda)
      expect(dimensions).toEqual({
        ExecutedVersion: version,
        FunctionName: name,
        Resource: `${name}:${alias.Properties['Name']}`,
      });
    for (const { periodSeconds } of metricsOf(alarm)) expect(periodSeconds).toBe(60);
    // Late datapoints must still count, so each minute is evaluated three times.
    expect(alarm.Properties).toMatchObject({ EvaluationPeriods: 3, DatapointsToAlarm: 1 });
  },
);

test.each(newVersions)(
  '$stage: $id rolls back on one crash of the new version, or one failure while it runs',
  ({ alarm }) => {
    // Lambda sends both metrics for each minute with a call.
    expect(fires(alarm, { Invocations: 1, Errors: 1 })).toBe(true);
    expect(fires(alarm, { Invocations: 1, Errors: 0, AcceptFailed: 1 })).toBe(true);
    expect(fires(alarm, { AcceptFailed: 1 })).toBe(false);
    expect(fires(alarm, { Invocations: 1_000, Errors: 0, AcceptFailed: 0 })).toBe(false);
    expect(fires(alarm, {})).toBe(false);
  },
);

test('all other alarms on functions measure every version and alias', () => {
  // A metric with FunctionName alone includes all versions and aliases.
  const others = alarms
    .filter((alarm) => !newVersions.some((newVersion) => newVersion.alarm === alarm))
    .flatMap(metricsOf)
    .filter(({ namespace }) => namespace === 'AWS/Lambda');

  expect(others.length).toBeGreaterThan(0);
  expect(
    others.filter(({ dimensions }) => Object.keys(dimensions).join() !== 'FunctionName'),
  ).toEqual([]);
});

test.each(canaries)(
  '$stage: the role of $id allows CodeDeploy only one alias, for this account',
  ({ group, alias }) => {
    const role = resolve(group, group.Properties['ServiceRoleArn']) as Resource;
    const trust = at(role.Properties, 'AssumeRolePolicyDocument', 'Statement', 0);
    const granted = list(role.Properties['Policies'])
      .flatMap((policy) => list(at(policy, 'PolicyDocument', 'Statement')))
      .flatMap((statement) => {
        const resource = render(role, at(statement, 'Resource'));
        return list(at(statement, 'Action')).map((action) => `${action} ${resource}`);
      });
    const { region } = group.stage.config;
    const lambda = render(alias, alias.Properties['FunctionName']);

    expect(at(trust, 'Principal')).toEqual({ Service: 'codedeploy.amazonaws.com' });
    expect(at(trust, 'Condition')).toEqual({
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    });
    expect(granted.sort()).toEqual([
      `cloudwatch:DescribeAlarms arn:aws:cloudwatch:${region}:<AWS::AccountId>:alarm:*`,
      `lambda:GetAlias ${lambda}`,
      `lambda:GetProvisionedConcurrencyConfig ${lambda}:live`,
      `lambda:UpdateAlias ${lambda}`,
    ]);
  },
);

const templateSchema = z.object({ Resources: z.record(z.string(), z.unknown()) });

test('canary=skip changes only how the traffic shifts', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'skip-canary-'));
  try {
    const context = { canary: 'skip' };
    const { exitCode } = await synthesize({ stage: 'prod', directory, bundle: false, context });
    const file = 'motion-mavericks-prod-webhooks';
    const { Resources } = templateSchema.parse(readJson(directory, `${file}.template.json`));
    const regular = stages.find(({ stage }) => stage === 'prod')?.stacks[file]?.Resources ?? {};
    const groups = canaries.filter(({ stage }) => stage === 'prod').map(({ id }) => id);

    expect(exitCode).toBe(0);
    expect(Object.keys(Resources).filter(isNoVersion)).toEqual(
      Object.keys(regular).filter(isNoVersion),
    );
    for (const id of groups)
      expect(at(Resources[id], 'Properties')).toMatchObject({
        DeploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
        AlarmConfiguration: { Enabled: false },
      });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

/** Excludes versions: their ids contain a hash of the code, which is not bundled here. */
const isNoVersion = (id: string) => !id.includes('CurrentVersion');
