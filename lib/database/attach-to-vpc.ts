import { Validations } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { FunctionNetwork } from '../operator-managed-secret.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
const interfaces = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** The function is then reached by nobody else, and reaches what the network's security group allows. */
export function attachToVpc(
  lambda: LambdaFunction,
  { subnetIds, securityGroupIds }: FunctionNetwork,
): void {
  const resource = lambda.node.defaultChild;
  if (!CfnFunction.isCfnFunction(resource))
    throw new Error(`${lambda.node.path} is no function of a template.`);
  resource.vpcConfig = { subnetIds, securityGroupIds };
  // Amazon's own authorities, which Aurora's certificate comes from: Node's list does not have them, Lambda brings them.
  lambda.addEnvironment('NODE_EXTRA_CA_CERTS', '/var/runtime/ca-cert.pem');
  lambda.addToRolePolicy(new PolicyStatement({ actions: interfaces, resources: ['*'] }));
  lambda.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: interfaces,
      resources: ['*'],
      // The key is there only where the function's own code calls, and not Lambda in its name.
      conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    }),
  );
  if (lambda.role)
    Validations.of(lambda.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Lambda makes the network interfaces in the name of the function, and asks for these actions on every ' +
        'resource. A second statement denies them to the code of the function.',
    });
}
