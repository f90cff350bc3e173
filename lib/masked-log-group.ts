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
 * Masks private data that the redaction in code missed. Reading the masked data needs
 * `logs:Unmask`. Findings go only to the metric `LogEventsWithFindings`, because a report of each
 * finding would be another place that shows where private data is.
 * CloudWatch charges 0.12 USD per scanned GB on top of ingestion:
 * https://aws.amazon.com/cloudwatch/pricing
 */
export class MaskedLogGroup extends LogGroup {
  constructor(
    scope: Construct,
    id: string,
    { logRetentionDays }: Pick<StageConfig, 'logRetentionDays'>,
    { showsIdentities = false }: { readonly showsIdentities?: boolean } = {},
  ) {
    const { MailAddress, ...others } = dataIdentifiers;
    super(scope, id, {
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      dataProtectionPolicy: new DataProtectionPolicy({
        name: 'private-data',
        description: 'Masks private data that the redaction in code missed',
        identifiers: [
          ...Object.entries(showsIdentities ? others : { MailAddress, ...others }).map(
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

  /** Returns the log groups of all constructs under `scope`. */
  static under(scope: IConstruct): readonly MaskedLogGroup[] {
    return scope.node.findAll().filter((construct) => construct instanceof MaskedLogGroup);
  }
}
