import { styleText } from 'node:util';
import { consolePath } from '../../console/console-api.ts';
import { operationsPath } from '../../lambdas/catalog/operator-commands.ts';
import type { LocalInstance } from '../../local/local-instance.ts';
import type { PortalDatabase } from '../../local/postgres/portal-database.ts';
import type { Reporter } from '../../local/reporter.ts';
import { formatLocalTime } from '../output/local-time.ts';

export interface OverviewOptions {
  /** Duration of the start. */
  readonly seconds: number;
  readonly watch: boolean;
  /** Name of the function that a debugger attaches to. */
  readonly inspect?: string | undefined;
  readonly inspectPort: number;
  /** Preferred port of Postgres; 0 for any. */
  readonly postgresPort: number;
}

/** Prints where everything is, and what to type next. */
export function printOverview(
  local: LocalInstance,
  { print }: Reporter,
  { seconds, watch, inspect, inspectPort, postgresPort }: OverviewOptions,
): void {
  const heading = (text: string) => print(`\n${styleText('bold', text)}`);
  print(styleText('green', `Ready after ${seconds.toFixed(1)} s.`));
  print(`Console: ${local.url}${consolePath}`);
  heading('Routes');
  const [operations, others] = partition(local.routes, ({ path }) =>
    path.startsWith(`${operationsPath}/`),
  );
  for (const { method, path } of others) print(`  ${method} ${local.url}${path}`);
  print(`  POST ${local.url}${operationsPath}/…   ${operations.length} commands of npm run ops`);
  if (local.relayUrl !== undefined)
    print(`  ${local.relayUrl} serves the webhooks only. Lead a tunnel here (docs/developing.md).`);
  heading('Schedules');
  for (const { name, expression, timezone, next } of local.scheduler.upcoming())
    print(`  ${name}  ${expression} ${timezone}, next: ${next ? formatLocalTime(next) : 'never'}`);
  heading('Postgres');
  for (const line of describeDatabase(local.database, postgresPort)) print(`  ${line}`);
  heading('Mail');
  print(
    local.usesRealResend
      ? '  is sent through Resend (RESEND_API_KEY is set)'
      : '  is not sent; a sandbox of Resend receives it',
  );
  if (inspect !== undefined) {
    heading('Debugger');
    print(`  ${inspect} waits for a debugger on 127.0.0.1:${inspectPort}. It has no timeout.`);
    print("  VS Code: run 'Attach to a function' (.vscode/launch.json).");
  }
  heading('Next steps, in a second terminal');
  print('  npm run send -- mux video.asset.ready      post a signed event and print its effects');
  print('  npm run send -- resend email.bounced       report that a mail bounced');
  print('  npm run send -- --help                     list all events and options');
  print('  npm run ops -- events tail                 print events as they arrive');
  print(
    watch
      ? '\nEdits are applied as they are saved. Press Ctrl-C to stop.\n'
      : '\nEdits are not applied (--no-watch). Press Ctrl-C to stop.\n',
  );
}

/** Describes how to open a session, and why the port is another one than the preferred. */
export function describeDatabase(
  { url, server }: Pick<PortalDatabase, 'url' | 'server'>,
  preferredPort: number,
): readonly string[] {
  // The URL of another server may contain a password.
  if (server === undefined) return ['psql "$DATABASE_URL"'];
  const port = Number(new URL(url).port);
  return [
    `psql ${url}`,
    ...(preferredPort === 0 || preferredPort === port
      ? []
      : [
          `Port ${preferredPort} is in use, so Postgres listens on ${port} this time. ` +
            'Free that port, or select another one with --postgres-port.',
        ]),
  ];
}

const partition = <Item>(
  items: readonly Item[],
  isFirst: (item: Item) => boolean,
): readonly [readonly Item[], readonly Item[]] => [
  items.filter(isFirst),
  items.filter((item) => !isFirst(item)),
];
