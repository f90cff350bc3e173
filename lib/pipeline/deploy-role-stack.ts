import { Arn, ArnFormat, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import {
  type IOIDCProviderRef,
  OidcProviderNative,
  PolicyDocument,
  PolicyStatement,
  Role,
  WebIdentityPrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type CommandName, commandPath } from '../../lambdas/catalog/operator-commands.ts';

const issuer = 'token.actions.githubusercontent.com';

/** Commands of `npm run smoke`, the gate after each deploy. */
const smokeCommands = [
  'smoke sign',
  'events show',
  'dead-letters list',
] as const satisfies readonly CommandName[];

/** Roles that `cdk bootstrap` made, which `cdk deploy` and `cdk drift` assume. */
const bootstrapRoles = ['deploy', 'file-publishing', 'lookup'] as const;
const BOOTSTRAP_QUALIFIER = 'hnb659fds';

export interface DeployRoleStackProps extends StackProps {
  readonly stage: string;
  /** GitHub repository as `owner/name`, whose environment `<stage>` may deploy. */
  readonly repository: string;
}

/**
 * Lets GitHub Actions deploy one stage without a stored credential: GitHub signs a token for each
 * job, and the role trusts only tokens of the stage's environment of one repository.
 *
 * An administrator deploys this stack. It is not part of the app that the role deploys, so the
 * pipeline cannot change its own trust.
 */
export class DeployRoleStack extends Stack {
  constructor(scope: Construct, id: string, { stage, repository, ...props }: DeployRoleStackProps) {
    super(scope, id, props);
    const provider = new OidcProviderNative(this, 'GitHub', {
      url: `https://${issuer}`,
      clientIds: ['sts.amazonaws.com'],
    });
    const role = new Role(this, 'DeployRole', {
      description: `GitHub Actions deploys the stage ${stage}`,
      assumedBy: trustedEnvironment(provider, repository, stage),
      maxSessionDuration: Duration.hours(1),
      inlinePolicies: {
        deploy: new PolicyDocument({ statements: [this.#assumeBootstrapRoles()] }),
        smoke: new PolicyDocument({ statements: [this.#runSmoke(), this.#readOutputs(stage)] }),
      },
    });
    const output = new CfnOutput(this, 'DeployRoleArn', {
      value: role.roleArn,
      description: `Variable AWS_DEPLOY_ROLE_ARN of the environment ${stage} at GitHub`,
    });
    output.overrideLogicalId('DeployRoleArn');
  }

  #assumeBootstrapRoles(): PolicyStatement {
    return new PolicyStatement({
      actions: ['sts:AssumeRole'],
      resources: bootstrapRoles.map((name) =>
        this.formatArn({
          service: 'iam',
          region: '',
          resource: 'role',
          resourceName: `cdk-${BOOTSTRAP_QUALIFIER}-${name}-role-${this.account}-${this.region}`,
        }),
      ),
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
const trustedEnvironment = (provider: IOIDCProviderRef, repository: string, stage: string) =>
  new WebIdentityPrincipal(provider.oidcProviderRef.oidcProviderArn, {
    StringEquals: {
      [`${issuer}:aud`]: 'sts.amazonaws.com',
      [`${issuer}:sub`]: `repo:${repository}:environment:${stage}`,
    },
  });
