import { domainEvents, eventSource } from '../lambdas/catalog/domain-events.ts';
import { jsonSchemaOf } from './json-schema.ts';

const head = `# Domain events

What this system tells the rest of the portal, on its EventBridge bus. This page is written by \`npm run docs\` from
[lambdas/catalog/domain-events.ts](../lambdas/catalog/domain-events.ts).

## How to consume them

A rule on the bus chooses by \`source\` and \`detail-type\`; \`detail\` is as its schema below says.

\`\`\`json
{ "source": ["${eventSource}"], "detail-type": ["asset.ready"], "detail": { "version": [1] } }
\`\`\`

- **At least once.** An event is in the outbox of the transaction that it tells of, and is published again until
  EventBridge has taken it; EventBridge may deliver it again by itself, and a replay of the archive does so on purpose.
- **Deduplicate by \`detail.id\`.** It is the same each time the event is published. EventBridge's own \`id\` is not.
- **Order is not kept.** Compare \`detail.occurredAt\`, and let what is older change nothing.
- **Let unknown properties be.** A property more is no new version; a property that goes or means something else is: then
  \`detail.version\` counts up, and both versions are published until nobody reads the older.
- Give the rule's target a dead-letter queue: EventBridge tries for 24 hours, and then drops what was not taken.
- Details hold ids rather than people; where they hold an address or a name, treat them as personal data.
`;

/** docs/domain-events.md */
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
    '## All of them',
    '',
    '| detail-type | Version | Tells |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ];
  return [head, table.join('\n'), ...sections].join('\n');
}
