import { Fn, Stack } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { MaskedLogGroup } from '../masked-log-group.ts';
import type { FunctionNetwork } from '../operator-managed-secret.ts';

/** CloudFormation fills them in; CDK would ask the account, which synthesizing must not need. Aurora wants two. */
export const availabilityZones = [0, 1].map((index) => Fn.select(index, Fn.getAzs()));

/**
 * Where Aurora is, and the functions that use it. They call Resend and Mux too, which no VPC endpoint leads to: so there
 * is a NAT gateway, and with it every AWS service. Only S3 has an endpoint of its own, as that one costs nothing.
 *
 * One gateway, in one zone: some $43 a month and $0.059 a GB in Sydney (November 2026). While its zone is down the
 * processors are, too; the verifiers are outside, and what they accept waits in the queues for up to two weeks.
 */
export class DatabaseNetwork extends Construct implements FunctionNetwork {
  readonly vpc: IVpc;
  readonly functions: SecurityGroup;

  constructor(
    scope: Construct,
    id: string,
    { logRetentionDays }: Pick<StageConfig, 'logRetentionDays'>,
  ) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.20.0.0/20'),
      availabilityZones,
      natGateways: 1,
      subnetConfiguration: [
        { name: 'nat', subnetType: SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false },
        { name: 'functions', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 23 },
        { name: 'database', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 27 },
      ],
      gatewayEndpoints: {
        S3: {
          service: GatewayVpcEndpointAwsService.S3,
          subnets: [{ subnetType: SubnetType.PRIVATE_WITH_EGRESS }],
        },
      },
      // It would take a custom resource with a function of CDK's. Nothing is ever in the default group.
      restrictDefaultSecurityGroup: false,
      // Its own interface is not written for exactOptionalPropertyTypes.
    }) as IVpc;
    this.#logRefused(logRetentionDays);
    this.functions = new SecurityGroup(this, 'Functions', {
      vpc: this.vpc,
      description: 'Functions that use the database',
      allowAllOutbound: false,
    });
    this.functions.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS, Resend and Mux');
  }

  /** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html asks to name the account. */
  #logRefused(logRetentionDays: StageConfig['logRetentionDays']): void {
    const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    const writer = new Role(this, 'RefusedWriter', {
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', { conditions }),
    });
    const log = new MaskedLogGroup(this, 'RefusedLog', { logRetentionDays });
    this.vpc.addFlowLog('Refused', {
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(log, writer),
    });
  }

  get subnetIds(): string[] {
    return this.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS }).subnetIds;
  }

  get securityGroupIds(): string[] {
    return [this.functions.securityGroupId];
  }
}
