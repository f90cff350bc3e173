import { domainEvents, eventSource } from '../lambdas/catalog/domain-events.ts';
import { jsonSchemaOf } from './json-schema.ts';

const head = `# Domain events

Events that this system publishes to its EventBridge bus for the rest of the portal. \`npm run docs\` writes this page from
[lambdas/catalog/domain-events.ts](../lambdas/catalog/domain-events.ts).

## How to consume them

A rule on the bus selects events by \`source\` and \`detail-type\`. The schemas below describe \`detail\`.

\`\`\`json
{ "source": ["${eventSource}"], "detail-type": ["asset.ready"], "detail": { "version": [1] } }
\`\`\`

- **At least once.** The transaction that changes the state also writes the event to the outbox. This system publishes the
  event until EventBridge accepts it. EventBridge may deliver an event twice, and a replay of the archive delivers it again.
- **Deduplicate by \`detail.id\`.** All copies of an event have the same \`detail.id\`. EventBridge's own \`id\` differs.
- **Events may arrive out of order.** Compare \`detail.occurredAt\` and ignore an event that is older than the known state.
- **Ignore unknown properties.** A new property is not a new version. If a property is removed or changes its meaning,
  \`detail.version\` increases, and both versions are published until no consumer reads the older one.
- **Give the rule's target a dead-letter queue.** EventBridge retries for 24 hours and then discards the event.
- **Protect personal data.** Most details hold ids only. Treat a detail that holds an address or a name as personal data.
`;

/** Returns the text of docs/domain-events.md. */
export function describeDomainEvents(): string {
  const events = Object.entries(domainEvents).map(([type, detail]) => {
    const { $schema: _, description = '', ...schema } = jsonSchemaOf(detail, 'output');
    return { type, description, schema, version: detail.shape.version.value };
  });
  const rows = events.map(
    ({ type, version, description }) =>
      `| [\`${type}\`](#${type.replaceAll('.', '')}) | ${version} | ${description} |`,
  );
  const sections = events.map(({ type, description, schema }) =>
    [`## ${type}`, '', description, '', '```json', JSON.stringify(schema, null, 2), '```', ''].join(
      '\n',
    ),
  );
  const table = [
    '## All events',
    '',
    '| detail-type | Version | Meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ];
  return [head, table.join('\n'), ...sections].join('\n');
}
