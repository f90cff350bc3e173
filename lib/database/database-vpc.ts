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
import type { FunctionNetwork } from '../secrets/operator-managed-secret.ts';

/**
 * Two zones, as Aurora requires. CloudFormation resolves them, because CDK would look them up in an
 * account, and synthesis must work without one.
 */
export const availabilityZones = [0, 1].map((index) => Fn.select(index, Fn.getAzs()));

/**
 * Creates the network of Aurora and of the functions that use it. The functions also call Resend
 * and Mux, which have no VPC endpoint, so a NAT gateway connects them to the internet and to AWS
 * services. S3 has its own endpoint, because a gateway endpoint is free.
 *
 * One gateway in one zone costs some $43 a month and $0.059 a GB in Sydney (November 2026). If its
 * zone fails, the processors stop. The verifiers are outside the network, and the queues with their
 * dead-letter queues keep accepted deliveries for up to two weeks.
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
      // Restricting it would need a custom resource of CDK. No resource uses the default group.
      restrictDefaultSecurityGroup: false,
      // The class does not satisfy its own interface under exactOptionalPropertyTypes.
    }) as IVpc;
    this.#logRejectedTraffic(logRetentionDays);
    this.functions = new SecurityGroup(this, 'Functions', {
      vpc: this.vpc,
      description: 'Functions that use the database',
      allowAllOutbound: false,
    });
    this.functions.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS, Resend and Mux');
  }

  /**
   * Logs rejected connections. The condition on the account follows
   * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
   */
  #logRejectedTraffic(logRetentionDays: StageConfig['logRetentionDays']): void {
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
