import { ArnFormat, type Duration, Stack, Token, Validations } from 'aws-cdk-lib';
import {
  type Alarm,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IFunction, type IVersion } from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import type { StageConfig } from './config.ts';

export interface CanaryProps {
  readonly config: StageConfig;
  readonly lambda: NodejsFunction;
}

const ALIAS = 'live';

/** Returns the account as cdk-nag writes it in a finding: a placeholder if no setting names it. */
const accountInFinding = (account: string) =>
  Token.isUnresolved(account) ? '<AWS::AccountId>' : account;

/**
 * Sends a tenth of the calls to a new version for five minutes, then all of them, or none if an
 * alarm begins. CloudFormation waits for the result and rolls the whole deploy back on failure.
 */
export class Canary extends Construct {
  /** The alias that callers invoke instead of the function. */
  readonly target: IFunction;
  readonly #lambda: NodejsFunction;
  readonly #deployments: LambdaDeploymentGroup;

  constructor(scope: Construct, id: string, { config, lambda }: CanaryProps) {
    super(scope, id);
    this.#lambda = lambda;
    const alias = new Alias(this, 'Alias', {
      aliasName: ALIAS,
      version: lambda.currentVersion as IVersion,
    });
    this.target = alias as IFunction;
    this.#deployments = new LambdaDeploymentGroup(this, 'Deployments', {
      alias,
      // CDK would attach a managed policy of AWS that may change every alias of the account.
      role: this.#role().withoutPolicyUpdates(),
      deploymentConfig: config.skipCanary
        ? LambdaDeploymentConfig.ALL_AT_ONCE
        : LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      ignoreAlarmConfiguration: config.skipCanary,
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
  }

  /** Adds alarms that roll a deploy back. CDK refuses to synthesize a canary that has no alarm. */
  rollBackOn(...alarms: readonly Alarm[]): void {
    for (const alarm of alarms) this.#deployments.addAlarm(alarm);
  }

  /**
   * Counts crashes of the newest version, plus all of `failures` in periods in which it was
   * invoked. A response that reports a failure is no Lambda error, and does not name the version it
   * is from.
   */
  failuresOfNewVersion(failures: IMetric, period: Duration): MathExpression {
    return new MathExpression({
      label: 'Failures of the new version',
      // Lambda sends `crashes` and `calls` in the same minutes; only `failures` may be missing.
      expression: 'crashes + IF(calls > 0, FILL(failures, 0), 0)',
      usingMetrics: {
        crashes: this.#metricOfNewVersion('Errors'),
        calls: this.#metricOfNewVersion('Invocations'),
        failures,
      },
      period,
    });
  }

  /**
   * Returns a metric with the dimensions that Lambda uses for an alias with two versions:
   * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
   */
  #metricOfNewVersion(metricName: 'Errors' | 'Invocations'): Metric {
    const { functionName, currentVersion } = this.#lambda;
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: {
        FunctionName: functionName,
        Resource: `${functionName}:${ALIAS}`,
        ExecutedVersion: currentVersion.version,
      },
      statistic: Stats.SUM,
    });
  }

  /** Creates the role with inline policies, because CodeDeploy may start as soon as it exists. */
  #role(): Role {
    const { account } = Stack.of(this);
    const { functionArn } = this.#lambda;
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
      inlinePolicies: {
        ShiftTraffic: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:GetAlias', 'lambda:UpdateAlias'],
              resources: [functionArn],
            }),
            new PolicyStatement({
              actions: ['lambda:GetProvisionedConcurrencyConfig'],
              resources: [`${functionArn}:${ALIAS}`],
            }),
            new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [alarms] }),
          ],
        }),
      },
    });
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${alarms.replace(account, accountInFinding(account))}]`,
      reason:
        'CodeDeploy reads the state of its alarms. AWS does not document that DescribeAlarms can ' +
        'be limited to single alarms, and the action reads only states and settings of alarms.',
    });
    return role;
  }
}
