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
import {
  Alias,
  type Function as Code,
  type IFunction,
  type IVersion,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from './config.ts';

export interface CanaryProps {
  readonly config: StageConfig;
  readonly lambda: Code;
}

const ALIAS = 'live';

/** As findings of cdk-nag write an account that no setting names. */
const accountAsRead = (account: string) =>
  Token.isUnresolved(account) ? '<AWS::AccountId>' : account;

/**
 * A new version of a function takes a tenth of its calls for five minutes, and then all of them, or none after an alarm.
 * CloudFormation waits for it, and undoes the whole deploy with it.
 */
export class Canary extends Construct {
  /** To be called in place of the function. */
  readonly target: IFunction;
  readonly #lambda: Code;
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
      // CDK would attach a policy of AWS's that may change each alias of the account.
      role: this.#role().withoutPolicyUpdates(),
      deploymentConfig: config.skipsCanary
        ? LambdaDeploymentConfig.ALL_AT_ONCE
        : LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      ignoreAlarmConfiguration: config.skipsCanary,
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
  }

  /** CDK refuses to synthesize a canary that no alarm was ever given to. */
  rollsBackOn(...alarms: readonly Alarm[]): void {
    for (const alarm of alarms) this.#deployments.addAlarm(alarm);
  }

  /**
   * Calls of the newest version that ended in a crash, and all of `failures` in periods in which it took calls: an answer
   * that says that something failed is none of Lambda's errors, and does not say which version gave it.
   */
  failuresOfNewVersion(failures: IMetric, period: Duration): MathExpression {
    return new MathExpression({
      label: 'Failures of the new version',
      expression: 'FILL(crashes, 0) + IF(FILL(calls, 0) > 0, FILL(failures, 0), 0)',
      usingMetrics: {
        crashes: this.#ofNewVersion('Errors'),
        calls: this.#ofNewVersion('Invocations'),
        failures,
      },
      period,
    });
  }

  /** Of an alias with two versions: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html */
  #ofNewVersion(metricName: 'Errors' | 'Invocations'): Metric {
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

  /** What is in it is in the role itself, as CodeDeploy may begin as soon as there is a role. */
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
      id: `AwsSolutions-IAM5[Resource::${alarms.replace(account, accountAsRead(account))}]`,
      reason:
        'CodeDeploy asks for the state of its alarms; that CloudWatch would answer whoever may see single ones is not ' +
        'documented, and no more than the states and settings of alarms can be read.',
    });
    return role;
  }
}
