import { CfnOutput } from 'aws-cdk-lib';
import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Construct } from 'constructs';
import { eventSource } from '../../lambdas/catalog/domain-events.ts';
import { deliveredEventSchema, eventContracts } from '../../lambdas/catalog/event-contracts.ts';
import { pascalCase } from '../names.ts';

/**
 * Registers the schema of each domain event, so that consumers find them in the EventBridge console
 * and generate bindings. A changed schema becomes a new version in the registry.
 */
export class EventSchemaRegistry extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const registry = new CfnRegistry(this, 'Registry', {
      description: 'Domain events of the portal',
    });
    for (const contract of eventContracts('draft-4'))
      new CfnSchema(this, pascalCase(contract.name), {
        registryName: registry.attrRegistryName,
        // EventBridge's own naming scheme: source, @, detail-type.
        schemaName: `${eventSource}@${contract.name}`,
        type: 'JSONSchemaDraft4',
        description: firstSentence(contract.description),
        content: JSON.stringify(deliveredEventSchema(contract)),
      });
    new CfnOutput(scope, 'EventSchemaRegistryName', {
      value: registry.attrRegistryName,
      description: 'Schema registry of the domain events',
    });
  }
}

/** Keeps a description within the 256 characters that EventBridge accepts for a schema. */
const firstSentence = (description: string): string =>
  /^.*?\.(?= |$)/.exec(description)?.[0] ?? description;
