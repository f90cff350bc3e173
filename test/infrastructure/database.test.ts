import { expect, test } from '@jest/globals';
import { functions } from './support/our-functions.ts';
import { at, entryOf, list, render, resolve } from './support/references.ts';
import { type Resource, resources, stages } from './support/stages.ts';

const withAurora = stages.filter(({ config }) => config.database === 'aurora');
const external = stages.filter(({ config }) => config.database === 'external');

/** @throws where no stage has any, as a rule about nothing holds whatever the app does. */
function ofAurora(type: string): readonly [Resource, ...Resource[]] {
  const [first, ...others] = resources.filter(({ Type }) => Type === type);
  if (first === undefined) throw new Error(`No stage has any ${type}.`);
  return [first, ...others];
}

const clusters = ofAurora('AWS::RDS::DBCluster');
const groups = ofAurora('AWS::EC2::SecurityGroup');
const usesDatabase = (one: Resource) =>
  at(one.Properties, 'Environment', 'Variables', 'DATABASE_SECRET_ID');
const inNetwork = functions.filter(({ Properties }) => 'VpcConfig' in Properties);

test('a stage is looked at with each of the two databases', () => {
  expect(withAurora).not.toEqual([]);
  expect(external).not.toEqual([]);
});

test.each(external)(
  '$stage, whose database is outside, has no network and nothing in one',
  (stage) => {
    const ofNetworks = resources.filter(
      (one) => one.stage === stage && /^AWS::(EC2|RDS)::/.test(one.Type),
    );

    expect(ofNetworks.map(({ id }) => id)).toEqual([]);
    expect(inNetwork.filter((one) => one.stage === stage)).toEqual([]);
  },
);

test.each(clusters)(
  '$stack: $id is encrypted, cannot be deleted, and is kept as long as the stage says',
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
  '$stack: $id grows and shrinks, and has no public address',
  (instance) => {
    expect(instance.Properties).toMatchObject({
      DBInstanceClass: 'db.serverless',
      PubliclyAccessible: false,
    });
  },
);

test.each(clusters)(
  '$stack: the secret of $id is generated, and is that which the functions read',
  (cluster) => {
    const [attachment] = resources.filter(
      (one) => resolve(one, one.Properties['TargetId']) === cluster,
    );
    const secret = attachment && resolve(attachment, attachment.Properties['SecretId']);

    expect(secret?.Properties['Name']).toBe(cluster.stage.config.databaseSecretName);
    expect(at(secret?.Properties, 'GenerateSecretString', 'GenerateStringKey')).toBe('password');
    expect(render(cluster, cluster.Properties['MasterUserPassword'])).toContain(
      `secretsmanager:<${secret?.id}>:`,
    );
  },
);

test.each(functions.filter(({ stage }) => withAurora.includes(stage)))(
  '$stack: $id is in the network where it uses Postgres, and nowhere else',
  (one) => {
    const subnets = list(at(one.Properties, 'VpcConfig', 'SubnetIds')).map((id) =>
      resolve(one, id),
    );

    expect(inNetwork.includes(one)).toBe(usesDatabase(one) !== undefined);
    // Of the subnets, those that a NAT gateway leads out of: Resend and Mux have no endpoint in any VPC.
    for (const subnet of subnets)
      expect(waysOut(subnet as Resource)).toEqual(['AWS::EC2::NatGateway']);
    if (entryOf(one)?.endsWith('/verify.handler.ts')) expect(subnets).toEqual([]);
  },
);

test('of the network nothing is paid for but one gateway: what AWS offers for nothing has an endpoint', () => {
  const of = (type: string) => ofAurora(type).filter(({ stage }) => stage === withAurora[0]);

  expect(of('AWS::EC2::NatGateway')).toHaveLength(1);
  expect(
    of('AWS::EC2::VPCEndpoint').map(({ Properties }) => Properties['VpcEndpointType']),
  ).toEqual(['Gateway']);
});

test.each(clusters)(
  '$stack: nothing reaches $id but the functions, and it reaches nobody',
  (cluster) => {
    const [own, ...others] = list(cluster.Properties['VpcSecurityGroupIds']).map((id) =>
      resolve(cluster, id),
    );
    const ofFunctions = inNetwork.flatMap((one) =>
      list(at(one.Properties, 'VpcConfig', 'SecurityGroupIds')).map((id) => resolve(one, id)),
    );
    const lets = ofAurora('AWS::EC2::SecurityGroupIngress').map((rule) => [
      resolve(rule, rule.Properties['GroupId']),
      resolve(rule, rule.Properties['SourceSecurityGroupId']),
    ]);
    const subnets = list(
      resolve(cluster, cluster.Properties['DBSubnetGroupName'])?.Properties['SubnetIds'],
    );

    expect(others).toEqual([]);
    expect(lets).toEqual([[own, ofFunctions[0]]]);
    expect(new Set(ofFunctions).size).toBe(1);
    expect(subnets.flatMap((id) => waysOut(resolve(cluster, id) as Resource))).toEqual([]);
    // CDK's way to say that nothing may go out.
    expect(list(own?.Properties['SecurityGroupEgress']).map((one) => at(one, 'CidrIp'))).toEqual([
      '255.255.255.255/32',
    ]);
  },
);

test.each(groups)(
  '$stack: $id is entered from nowhere by its own word, and left by TLS alone',
  ({ Properties }) => {
    const ports = list(Properties['SecurityGroupEgress']).map((one) => [
      at(one, 'CidrIp'),
      at(one, 'ToPort'),
    ]);

    expect(Properties['SecurityGroupIngress']).toBeUndefined();
    expect(ports.filter(([to]) => to !== '255.255.255.255/32').map(([, port]) => port)).toEqual(
      ports.some(([to]) => to === '0.0.0.0/0') ? [443] : [],
    );
  },
);

/** Where the default route of a subnet leads. */
function waysOut(subnet: Resource): readonly (string | undefined)[] {
  const tables = ofAurora('AWS::EC2::SubnetRouteTableAssociation')
    .filter((one) => resolve(one, one.Properties['SubnetId']) === subnet)
    .map((one) => resolve(one, one.Properties['RouteTableId']));
  return ofAurora('AWS::EC2::Route')
    .filter((route) => tables.includes(resolve(route, route.Properties['RouteTableId'])))
    .map(
      (route) =>
        resolve(route, route.Properties['NatGatewayId'] ?? route.Properties['GatewayId'])?.Type,
    );
}
