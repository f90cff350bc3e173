import { CfnResource, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type ISecurityGroup, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
} from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { SecretReference } from '../secrets/operator-managed-secret.ts';
import { allowRemoval } from '../secrets/removable-reference.ts';
import { DatabaseNetwork } from './database-vpc.ts';

/** Resource types that the cluster needs to keep running after its stack is deleted. */
const retainedTypes = new Set([
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::VPC',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBClusterParameterGroup',
  'AWS::RDS::DBInstance',
  'AWS::RDS::DBSubnetGroup',
  'AWS::SecretsManager::Secret',
]);

/**
 * Creates Aurora Serverless v2 in its own network, and the secret with its credentials.
 *
 * An ACU costs some $0.20 an hour in Sydney (November 2026), so the smallest capacity, 0.5, costs
 * $73 a month. Storage, requests and the NAT gateway (lib/database/database-vpc.ts) are extra. The
 * cluster has one instance. Aurora replaces a failed instance within minutes, and the queues keep
 * all events until then.
 */
export class AuroraDatabase extends Construct {
  readonly secret: SecretReference;
  readonly #network: DatabaseNetwork;

  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    const name = config.databaseSecretName;
    this.#network = new DatabaseNetwork(this, 'Network', config);
    const cluster = this.#cluster(config);
    cluster.connections.allowDefaultPortFrom(
      this.#network.functions,
      'Functions that read the secret',
    );
    acknowledge(cluster);
    retainOnDelete(this);
    allowRemoval(this);
    if (!cluster.secret) throw new Error('CDK did not generate a secret for the cluster.');
    this.secret = { name, arn: cluster.secret.secretArn, network: this.#network };
  }

  #cluster({
    databaseSecretName: secretName,
    aurora,
    terminationProtection,
  }: StageConfig): DatabaseCluster {
    return new DatabaseCluster(this, 'Cluster', {
      engine: DatabaseClusterEngine.auroraPostgres({
        version: AuroraPostgresEngineVersion.VER_18_6,
      }),
      credentials: Credentials.fromGeneratedSecret('portal', { secretName }),
      defaultDatabaseName: 'portal',
      vpc: this.#network.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [this.#securityGroup()],
      writer: ClusterInstance.serverlessV2('Writer', { publiclyAccessible: false }),
      serverlessV2MinCapacity: aurora.minCapacity,
      serverlessV2MaxCapacity: aurora.maxCapacity,
      storageEncrypted: true,
      iamAuthentication: true,
      // A port other than the default avoids common scans. Clients read the port from the secret.
      port: 5_433,
      parameters: { 'rds.force_ssl': '1' },
      // Times are UTC: at night in Sydney, outside the times of the daily and weekly jobs.
      backup: { retention: Duration.days(aurora.backupDays), preferredWindow: '15:30-16:00' },
      preferredMaintenanceWindow: 'sat:16:30-sat:17:00',
      copyTagsToSnapshot: true,
      deletionProtection: terminationProtection,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Creates a group without egress; CDK's default group would allow all of it. */
  #securityGroup(): ISecurityGroup {
    const { vpc } = this.#network;
    return new SecurityGroup(this, 'Access', {
      vpc,
      description: 'Aurora, for its functions',
      allowAllOutbound: false,
    });
  }
}

function retainOnDelete(scope: Construct): void {
  for (const construct of scope.node.findAll())
    if (CfnResource.isCfnResource(construct) && retainedTypes.has(construct.cfnResourceType))
      construct.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
}

function acknowledge(cluster: DatabaseCluster): void {
  Validations.of(cluster).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason:
      'Rotation would need one more function in the network. The password is generated, and only ' +
      'functions may read it. To change it, run modify-db-cluster and put-secret-value; the ' +
      'functions read the new one within five minutes.',
  });
}
