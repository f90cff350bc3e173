import { RemovalPolicy } from 'aws-cdk-lib';
import {
  CustomDataIdentifier,
  DataIdentifier,
  DataProtectionPolicy,
  LogGroup,
} from 'aws-cdk-lib/aws-logs';
import type { Construct, IConstruct } from 'constructs';
import type { StageConfig } from './config.ts';
import { dataIdentifiers } from './data-identifiers.ts';

/**
 * A log in which nobody without `logs:Unmask` reads what is private, should our own redaction ever miss it. Findings go
 * nowhere but into the metric `LogEventsWithFindings`: a report of each would be one more place that tells where it is.
 * CloudWatch takes 0.12 USD for each GB that it scans (https://aws.amazon.com/cloudwatch/pricing), on top of ingestion.
 */
export class MaskedLogGroup extends LogGroup {
  constructor(
    scope: Construct,
    id: string,
    { logRetentionDays }: Pick<StageConfig, 'logRetentionDays'>,
  ) {
    super(scope, id, {
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      dataProtectionPolicy: new DataProtectionPolicy({
        name: 'private-data',
        description: 'A net under the redaction in code',
        identifiers: [
          ...Object.entries(dataIdentifiers).map(
            ([name, pattern]) => new CustomDataIdentifier(name, pattern),
          ),
          DataIdentifier.AWSSECRETKEY,
          DataIdentifier.OPENSSHPRIVATEKEY,
          DataIdentifier.PGPPRIVATEKEY,
          DataIdentifier.PKCSPRIVATEKEY,
          DataIdentifier.PUTTYPRIVATEKEY,
        ],
      }),
    });
  }

  static under(scope: IConstruct): readonly MaskedLogGroup[] {
    return scope.node.findAll().filter((construct) => construct instanceof MaskedLogGroup);
  }
}
