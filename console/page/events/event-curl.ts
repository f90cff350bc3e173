import type { EventReport } from '../../../lambdas/operations/event-story/event-report.ts';
import type { ConsoleContext } from '../../console-api.ts';

/** Writes the shell script that signs the archived body and posts it to this deployment. */
export function curlOf(
  { provider, event }: Pick<EventReport, 'provider' | 'event'>,
  body: unknown,
  { target, providers }: Pick<ConsoleContext, 'target' | 'providers'>,
): string {
  const found = providers.find(({ name }) => name === provider);
  const { lines = [], headers = [] } = found?.shell ?? {};
  return [
    '# Posts the archived body again, without the fields that the archive leaves out.',
    '# The event id is the same, so an event that was applied is a duplicate.',
    `secret=$${provider.toUpperCase()}_WEBHOOK_SECRET`,
    `id=${quote(event)}`,
    'time=$(date +%s)',
    `body=${quote(JSON.stringify(body))}`,
    ...lines,
    `curl --request POST ${quote(`${target.url}${found?.path ?? ''}`)} \\`,
    "  --header 'content-type: application/json' \\",
    ...headers.map((header) => `  --header "${header}" \\`),
    '  --data-raw "$body"',
    '',
  ].join('\n');
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
