import type { SandboxMailContent, SandboxMailLine } from '../../console/console-api.ts';
import type { ReadMetrics } from '../../console/figures/metric-source.ts';
import { makeReadFigures } from '../../console/figures/read-figures.ts';
import type {
  CommandResponse,
  ConsoleBackend,
  SandboxMails,
} from '../../console/server/console-backend.ts';
import { makeReadQueueNames } from '../../console/server/queue-names.ts';
import { commandPath } from '../../lambdas/catalog/operator-commands.ts';
import type { Route } from '../aws/http-api.ts';
import type { SentMail } from '../sandbox/resend-mails.ts';
import { operatorEvent } from './operator-event.ts';

export interface LocalBackendDeps {
  readonly url: string;
  readonly stage: string;
  readonly routes: readonly Route[];
  readonly readMetrics: ReadMetrics;
  /** Undefined if mails leave this machine. */
  readonly mails: (() => readonly SentMail[]) | undefined;
}

const REFRESH_MS = 2_000;

/** Connects the console to the instance on this machine. */
export function makeLocalBackend(deps: LocalBackendDeps): ConsoleBackend {
  const { url, stage, routes, readMetrics, mails } = deps;
  const runCommand = makeRunCommand(routes);
  const readQueueNames = makeReadQueueNames(runCommand);
  return {
    target: { kind: 'local', url },
    runCommand,
    readFigures: makeReadFigures({ stage, readMetrics, readQueueNames }),
    mails: mails && makeSandboxMails(mails),
    refreshMs: REFRESH_MS,
  };
}

/** Calls the operations function as API Gateway does, so that each change is audited. */
function makeRunCommand(routes: readonly Route[]): ConsoleBackend['runCommand'] {
  return async (command, given) => {
    const route = routes.find(({ path }) => path === commandPath(command));
    const invocation = await route?.invoke(operatorEvent(command, given));
    if (!invocation?.ok) return failed;
    const { statusCode, body } = invocation.result as { statusCode: number; body: string };
    return { statusCode, body: JSON.parse(body) };
  };
}

const failed: CommandResponse = {
  statusCode: 502,
  body: { detail: 'The operations function failed. See its log in the state directory.' },
};

function makeSandboxMails(all: () => readonly SentMail[]): SandboxMails {
  const find = (id: string) => all().find((mail) => mail.id === id);
  return {
    list: () => all().map(toLine).reverse(),
    find: (id) => {
      const mail = find(id);
      return mail && toContent(mail);
    },
    html: (id) => find(id)?.html,
  };
}

/** Reads the notification from the tag that the sender adds to each mail. */
const notificationOf = ({ tags }: SentMail) =>
  tags.find(({ name }) => name === 'notification_id')?.value;

const toLine = (mail: SentMail): SandboxMailLine => ({
  id: mail.id,
  notification: notificationOf(mail),
  from: mail.from,
  to: mail.to,
  subject: mail.subject,
  at: mail.at.toISOString(),
});

function toContent(mail: SentMail): SandboxMailContent {
  const { from, to, subject, html, text, tags, attachments, idempotencyKey } = mail;
  const tagHeaders = tags.map(({ name, value }) => [`Tag ${name}`, value] as const);
  return {
    ...toLine(mail),
    hasHtml: html !== undefined,
    text: text ?? null,
    headers: [
      ['From', from],
      ['To', to.join(', ')],
      ['Subject', subject],
      ['Idempotency-Key', idempotencyKey ?? '–'],
      ...tagHeaders,
    ],
    attachments: attachments.map(({ filename, content }) => ({
      filename,
      bytes: Buffer.from(content, 'base64').length,
    })),
  };
}
