import { Arn, ArnFormat, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type CommandName, commandPath } from '../../lambdas/catalog/operator-commands.ts';
import { issuer, providerArn } from './identity-provider-stack.ts';

/** Commands of `npm run smoke`, the gate after each deploy. */
const smokeCommands = [
  'smoke sign',
  'events show',
  'dead-letters list',
] as const satisfies readonly CommandName[];

/** Roles that `cdk bootstrap` made, which `cdk deploy` assumes. */
const deployedWith = ['deploy', 'file-publishing', 'lookup'] as const;
/** Role with which the CLI reads an account, and nothing else. */
const readWith = ['lookup'] as const;
const BOOTSTRAP_QUALIFIER = 'hnb659fds';

type BootstrapRole = (typeof deployedWith)[number];

export interface DeployRoleStackProps extends StackProps {
  readonly stage: string;
  /** GitHub repository as `owner/name`, whose environment `<stage>` may deploy. */
  readonly repository: string;
}

/**
 * Lets GitHub Actions deploy one stage, and compare it with its templates, without a stored
 * credential: GitHub signs a token for each job, and each role trusts only tokens of one
 * environment of one repository.
 *
 * An administrator deploys this stack. It is not part of the app that the role deploys, so the
 * pipeline cannot change its own trust. Several stages may share an account: the provider of its
 * tokens is in a stack of its own.
 */
export class DeployRoleStack extends Stack {
  constructor(scope: Construct, id: string, { stage, repository, ...props }: DeployRoleStackProps) {
    super(scope, id, props);
    const role = new Role(this, 'DeployRole', {
      description: `GitHub Actions deploys the stage ${stage}`,
      assumedBy: trustedEnvironment(providerArn(this), repository, stage),
      maxSessionDuration: Duration.hours(1),
      inlinePolicies: {
        deploy: new PolicyDocument({ statements: [this.#assumeRoles(deployedWith)] }),
        smoke: new PolicyDocument({ statements: [this.#runSmoke(), this.#readOutputs(stage)] }),
      },
    });
    // An environment of its own, because the environment of a stage may require an approval.
    const environment = `${stage}-drift`;
    const driftRole = new Role(this, 'DriftRole', {
      description: `GitHub Actions compares the stage ${stage} with its templates`,
      assumedBy: trustedEnvironment(providerArn(this), repository, environment),
      maxSessionDuration: Duration.hours(1),
      inlinePolicies: {
        read: new PolicyDocument({ statements: [this.#assumeRoles(readWith)] }),
      },
    });
    this.#variable('DeployRoleArn', role.roleArn, 'AWS_DEPLOY_ROLE_ARN', stage);
    this.#variable('DriftRoleArn', driftRole.roleArn, 'AWS_DRIFT_ROLE_ARN', environment);
    this.#variable(
      'LookupRoleArn',
      this.#bootstrapRole('lookup'),
      'AWS_LOOKUP_ROLE_ARN',
      environment,
    );
  }

  #variable(output: string, value: string, variable: string, environment: string): void {
    const description = `Variable ${variable} of the environment ${environment} at GitHub`;
    new CfnOutput(this, output, { value, description }).overrideLogicalId(output);
  }

  #bootstrapRole(name: BootstrapRole): string {
    return this.formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: `cdk-${BOOTSTRAP_QUALIFIER}-${name}-role-${this.account}-${this.region}`,
    });
  }

  #assumeRoles(names: readonly BootstrapRole[]): PolicyStatement {
    return new PolicyStatement({
      actions: ['sts:AssumeRole'],
      resources: names.map((name) => this.#bootstrapRole(name)),
    });
  }

  #runSmoke(): PolicyStatement {
    return new PolicyStatement({
      actions: ['execute-api:Invoke'],
      resources: smokeCommands.map((command) =>
        this.formatArn({
          service: 'execute-api',
          // API Gateway chooses the id of the API at the first deploy, after this role exists.
          resource: '*',
          resourceName: `$default/POST${commandPath(command)}`,
        }),
      ),
    });
  }

  #readOutputs(stage: string): PolicyStatement {
    return new PolicyStatement({
      actions: ['cloudformation:DescribeStacks'],
      resources: ['data', 'webhooks'].map((stack) =>
        Arn.format(
          {
            service: 'cloudformation',
            resource: 'stack',
            // CloudFormation adds a random id to the ARN of a stack.
            resourceName: `motion-mavericks-${stage}-${stack}/*`,
            arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
          },
          this,
        ),
      ),
    });
  }
}

/** Compares whole claims: a pattern would also match branches, pull requests and other names. */
const trustedEnvironment = (provider: string, repository: string, stage: string) =>
  new WebIdentityPrincipal(provider, {
    StringEquals: {
      [`${issuer}:aud`]: 'sts.amazonaws.com',
      [`${issuer}:sub`]: `repo:${repository}:environment:${stage}`,
    },
  });
