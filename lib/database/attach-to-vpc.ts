import { Validations } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { FunctionNetwork } from '../secrets/operator-managed-secret.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
const networkInterfaceActions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** Attaches a function to the network. Its connections are then limited by the security group. */
export function attachToVpc(
  lambda: NodejsFunction,
  { subnetIds, securityGroupIds }: FunctionNetwork,
): void {
  const resource = lambda.node.defaultChild;
  if (!CfnFunction.isCfnFunction(resource))
    throw new Error(`${lambda.node.path} has no CloudFormation function.`);
  resource.vpcConfig = { subnetIds, securityGroupIds };
  // Aurora's certificate is from Amazon's own authorities, which Lambda includes and Node does not.
  lambda.addEnvironment('NODE_EXTRA_CA_CERTS', '/var/runtime/ca-cert.pem');
  lambda.addToRolePolicy(
    new PolicyStatement({ actions: networkInterfaceActions, resources: ['*'] }),
  );
  lambda.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: networkInterfaceActions,
      resources: ['*'],
      // The condition key exists only in calls of the function's code, not in calls of Lambda
      // itself.
      conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    }),
  );
  if (lambda.role)
    Validations.of(lambda.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Lambda creates network interfaces with the role of the function, and requires these ' +
        'actions on every resource. A second statement denies them to the code of the function.',
    });
}
