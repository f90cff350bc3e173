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
import type { SecretReference } from '../operator-managed-secret.ts';
import { DatabaseNetwork } from './database-vpc.ts';

/** What the cluster needs in order to go on when a stack that held it is gone. */
const kept = new Set([
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
 * Aurora Serverless v2 in a network of its own, and the secret that leads to it.
 *
 * An ACU costs some $0.20 an hour in Sydney (November 2026), so the smallest capacity, 0.5, is $73 a month; storage and
 * requests come on top, and the network's NAT gateway: lib/database/database-vpc.ts. There is one instance. When it fails,
 * Aurora makes another within minutes, and the queues keep what comes meanwhile.
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
    keep(this);
    if (!cluster.secret) throw new Error('CDK generates a secret wherever it is given its name.');
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
      securityGroups: [this.#closedGroup()],
      writer: ClusterInstance.serverlessV2('Writer', { publiclyAccessible: false }),
      serverlessV2MinCapacity: aurora.minCapacity,
      serverlessV2MaxCapacity: aurora.maxCapacity,
      storageEncrypted: true,
      iamAuthentication: true,
      // Not the port that everybody tries first. The secret says which it is.
      port: 5_433,
      parameters: { 'rds.force_ssl': '1' },
      // In UTC: at night in Sydney, and not while the daily and weekly jobs run.
      backup: { retention: Duration.days(aurora.backupDays), preferredWindow: '15:30-16:00' },
      preferredMaintenanceWindow: 'sat:16:30-sat:17:00',
      copyTagsToSnapshot: true,
      deletionProtection: terminationProtection,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** CDK's own would let the cluster call anybody. */
  #closedGroup(): ISecurityGroup {
    const { vpc } = this.#network;
    return new SecurityGroup(this, 'Access', {
      vpc,
      description: 'Aurora, for its functions',
      allowAllOutbound: false,
    });
  }
}

function keep(scope: Construct): void {
  for (const one of scope.node.findAll())
    if (CfnResource.isCfnResource(one) && kept.has(one.cfnResourceType))
      one.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
}

function acknowledge(cluster: DatabaseCluster): void {
  Validations.of(cluster).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason:
      'Rotation needs one more function, in the network. Nobody knows this generated password, and only functions may ' +
      'read it. They take a changed one within five minutes: modify-db-cluster, then put-secret-value.',
  });
}
