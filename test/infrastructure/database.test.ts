import { expect, test } from '@jest/globals';
import { functions } from './support/our-functions.ts';
import { at, entryOf, list, render, resolve } from './support/references.ts';
import { type Resource, resources, stages } from './support/stages.ts';

const withAurora = stages.filter(({ config }) => config.database === 'aurora');
const external = stages.filter(({ config }) => config.database === 'external');

/** @throws if no stage has the type, because a rule over an empty set would always pass. */
function ofAurora(type: string): readonly [Resource, ...Resource[]] {
  const [first, ...others] = resources.filter(({ Type }) => Type === type);
  if (first === undefined) throw new Error(`No stage has a resource of type ${type}.`);
  return [first, ...others];
}

const clusters = ofAurora('AWS::RDS::DBCluster');
const groups = ofAurora('AWS::EC2::SecurityGroup');
const usesDatabase = ({ Properties }: Resource) =>
  at(Properties, 'Environment', 'Variables', 'DATABASE_SECRET_ID');
const inNetwork = functions.filter(({ Properties }) => 'VpcConfig' in Properties);

test('the configurations cover both kinds of database', () => {
  expect(withAurora).not.toEqual([]);
  expect(external).not.toEqual([]);
});

test.each(external)('$stage has an external database and no network resources', (stage) => {
  const networkResources = resources.filter(
    (resource) => resource.stage === stage && /^AWS::(EC2|RDS)::/.test(resource.Type),
  );

  expect(networkResources.map(({ id }) => id)).toEqual([]);
  expect(inNetwork.filter((lambda) => lambda.stage === stage)).toEqual([]);
});

test.each(clusters)(
  '$stack: $id is encrypted, protected from deletion, and backed up as the stage requires',
  (cluster) => {
    const { aurora, terminationProtection } = cluster.stage.config;

    expect(cluster.Properties).toMatchObject({
      Engine: 'aurora-postgresql',
      StorageEncrypted: true,
      DeletionProtection: true,
      BackupRetentionPeriod: aurora.backupDays,
      ServerlessV2ScalingConfiguration: {
        MinCapacity: aurora.minCapacity,
        MaxCapacity: aurora.maxCapacity,
      },
    });
    expect(terminationProtection).toBe(true);
    expect(
      at(
        resolve(cluster, cluster.Properties['DBClusterParameterGroupName']),
        'Properties',
        'Parameters',
      ),
    ).toEqual({
      'rds.force_ssl': '1',
    });
  },
);

test.each(ofAurora('AWS::RDS::DBInstance'))(
  '$stack: $id is serverless and has no public address',
  (instance) => {
    expect(instance.Properties).toMatchObject({
      DBInstanceClass: 'db.serverless',
      PubliclyAccessible: false,
    });
  },
);

test.each(clusters)('$stack: the functions read the generated secret of $id', (cluster) => {
  const [attachment] = resources.filter(
    (resource) => resolve(resource, resource.Properties['TargetId']) === cluster,
  );
  const secret = attachment && resolve(attachment, attachment.Properties['SecretId']);

  expect(secret?.Properties['Name']).toBe(cluster.stage.config.databaseSecretName);
  expect(at(secret?.Properties, 'GenerateSecretString', 'GenerateStringKey')).toBe('password');
  expect(render(cluster, cluster.Properties['MasterUserPassword'])).toContain(
    `secretsmanager:<${secret?.id}>:`,
  );
});

test.each(functions.filter(({ stage }) => withAurora.includes(stage)))(
  '$stack: $id is in the network only if it uses Postgres',
  (lambda) => {
    const subnets = list(at(lambda.Properties, 'VpcConfig', 'SubnetIds')).map((id) =>
      resolve(lambda, id),
    );

    expect(inNetwork.includes(lambda)).toBe(usesDatabase(lambda) !== undefined);
    // Resend and Mux have no VPC endpoint, so the functions need subnets with a NAT gateway.
    for (const subnet of subnets)
      expect(defaultRoutesOf(subnet as Resource)).toEqual(['AWS::EC2::NatGateway']);
    if (entryOf(lambda)?.endsWith('/verify.handler.ts')) expect(subnets).toEqual([]);
  },
);

test('the network has one NAT gateway, and its only endpoints are free', () => {
  const ofOneStage = (type: string) =>
    ofAurora(type).filter(({ stage }) => stage === withAurora[0]);

  expect(ofOneStage('AWS::EC2::NatGateway')).toHaveLength(1);
  expect(
    ofOneStage('AWS::EC2::VPCEndpoint').map(({ Properties }) => Properties['VpcEndpointType']),
  ).toEqual(['Gateway']);
});

test.each(clusters)('$stack: only the functions reach $id, and it has no egress', (cluster) => {
  const [own, ...others] = list(cluster.Properties['VpcSecurityGroupIds']).map((id) =>
    resolve(cluster, id),
  );
  const ofFunctions = inNetwork.flatMap((lambda) =>
    list(at(lambda.Properties, 'VpcConfig', 'SecurityGroupIds')).map((id) => resolve(lambda, id)),
  );
  const ingress = ofAurora('AWS::EC2::SecurityGroupIngress').map((rule) => [
    resolve(rule, rule.Properties['GroupId']),
    resolve(rule, rule.Properties['SourceSecurityGroupId']),
  ]);
  const subnets = list(
    resolve(cluster, cluster.Properties['DBSubnetGroupName'])?.Properties['SubnetIds'],
  );

  expect(others).toEqual([]);
  expect(ingress).toEqual([[own, ofFunctions[0]]]);
  expect(new Set(ofFunctions).size).toBe(1);
  expect(subnets.flatMap((id) => defaultRoutesOf(resolve(cluster, id) as Resource))).toEqual([]);
  // CDK writes this placeholder rule for a group without egress.
  expect(list(own?.Properties['SecurityGroupEgress']).map((rule) => at(rule, 'CidrIp'))).toEqual([
    '255.255.255.255/32',
  ]);
});

test.each(groups)('$stack: $id has no inline ingress, and only TLS as egress', ({ Properties }) => {
  const ports = list(Properties['SecurityGroupEgress']).map((rule) => [
    at(rule, 'CidrIp'),
    at(rule, 'ToPort'),
  ]);

  expect(Properties['SecurityGroupIngress']).toBeUndefined();
  expect(ports.filter(([to]) => to !== '255.255.255.255/32').map(([, port]) => port)).toEqual(
    ports.some(([to]) => to === '0.0.0.0/0') ? [443] : [],
  );
});

/** Returns the types of the gateways that the default routes of a subnet lead to. */
function defaultRoutesOf(subnet: Resource): readonly (string | undefined)[] {
  const tables = ofAurora('AWS::EC2::SubnetRouteTableAssociation')
    .filter((association) => resolve(association, association.Properties['SubnetId']) === subnet)
    .map((association) => resolve(association, association.Properties['RouteTableId']));
  return ofAurora('AWS::EC2::Route')
    .filter((route) => tables.includes(resolve(route, route.Properties['RouteTableId'])))
    .map(
      (route) =>
        resolve(route, route.Properties['NatGatewayId'] ?? route.Properties['GatewayId'])?.Type,
    );
}
