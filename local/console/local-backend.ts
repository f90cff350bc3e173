import type { SandboxMailContent, SandboxMailLine } from '../../console/console-api.ts';
import type { ReadMetrics } from '../../console/figures/metric-source.ts';
import { makeReadFigures } from '../../console/figures/read-figures.ts';
import type {
  CommandResponse,
  ConsoleBackend,
  SandboxMails,
} from '../../console/server/console-backend.ts';
import { makeReadQueueNames } from '../../console/server/queue-names.ts';
import type { Route } from '../aws/http-api.ts';
import type { SentMail } from '../sandbox/resend-mails.ts';
import { runCommand } from './run-command.ts';

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
  const runAsOperator = makeRunCommand(routes);
  const readQueueNames = makeReadQueueNames(runAsOperator);
  return {
    target: { kind: 'local', url },
    runCommand: runAsOperator,
    readFigures: makeReadFigures({ stage, readMetrics, readQueueNames }),
    mails: mails && makeSandboxMails(mails),
    refreshMs: REFRESH_MS,
  };
}

function makeRunCommand(routes: readonly Route[]): ConsoleBackend['runCommand'] {
  return async (command, given) => {
    const result = await runCommand(routes, command, given);
    return result === undefined
      ? failed
      : { statusCode: result.statusCode, body: JSON.parse(result.body) };
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
