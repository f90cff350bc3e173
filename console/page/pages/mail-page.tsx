import { StatusBadge } from '../../../lambdas/operations/event-story/status-badge.tsx';
import type { SandboxMailContent, SandboxMailLine } from '../../console-api.ts';
import { ApiError, getJson, runCommand } from '../app/api-client.ts';
import { useShell } from '../app/context.ts';
import { eventPath, Link } from '../app/router.tsx';
import { usePolling } from '../app/use-polling.ts';
import { EmptyState, LoadState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { Time } from '../parts/time.tsx';
import { MailContent } from './mail-content.tsx';
import type { MailLine } from './mail-line.ts';
import { ResendButton } from './mail-requests.tsx';

interface Mail {
  readonly content: SandboxMailContent | undefined;
  readonly request: MailLine | undefined;
}

/** @param id Id of a mail in the sandbox, or of a notification. */
async function readMail(id: string, hasSandbox: boolean): Promise<Mail> {
  const content = hasSandbox ? await readContent(id) : undefined;
  const request = await readRequest(content?.notification ?? id);
  return { content, request };
}

async function readContent(id: string): Promise<SandboxMailContent | undefined> {
  const { mails } = await getJson<{ mails: readonly SandboxMailLine[] }>('mails');
  const found = mails.find((mail) => mail.id === id || mail.notification === id);
  return found && getJson(`mails/${found.id}`);
}

async function readRequest(notification: string): Promise<MailLine | undefined> {
  try {
    return await runCommand<MailLine>('mails show', { notification });
  } catch (error) {
    if (error instanceof ApiError && [400, 404].includes(error.status)) return undefined;
    throw error;
  }
}

export function MailPage({ id }: { readonly id: string }) {
  const { context } = useShell();
  const { data, error, reload } = usePolling<Mail>(
    id,
    () => readMail(id, context.hasSandbox),
    context.refreshMs,
  );
  const back = <Link to="/mails">All mails</Link>;
  if (data === undefined)
    return (
      <>
        <PageHeader title="Mail" summary={back} />
        <LoadState isLoaded={false} error={error} />
      </>
    );
  const { content, request } = data;
  if (content === undefined && request === undefined)
    return (
      <>
        <PageHeader title="Mail" summary={back} />
        <EmptyState title="There is no such mail">
          The sandbox keeps mails in memory, until the instance stops.
        </EmptyState>
      </>
    );
  return (
    <>
      <PageHeader title={content?.subject ?? request?.kind ?? 'Mail'} summary={back}>
        {request?.status === 'failed' ? <ResendButton mail={request} onResent={reload} /> : null}
      </PageHeader>
      <LoadState isLoaded error={error} />
      <MailFacts content={content} request={request} />
      {content === undefined ? <NoContent hasSandbox={context.hasSandbox} /> : null}
      {content === undefined ? null : <MailContent mail={content} />}
    </>
  );
}

function NoContent({ hasSandbox }: { readonly hasSandbox: boolean }) {
  return (
    <EmptyState title="The content is not here">
      {hasSandbox
        ? 'The sandbox holds the mails of this start only.'
        : 'The provider of mails shows the content of each mail that it has sent.'}
    </EmptyState>
  );
}

function MailFacts({ content, request }: Mail) {
  const to = content?.to.join(', ') ?? request?.email;
  return (
    <dl className="facts">
      <Fact name="To" isLong>
        {to}
      </Fact>
      {request === undefined ? null : <RequestFacts request={request} />}
    </dl>
  );
}

function RequestFacts({ request }: { readonly request: MailLine }) {
  const { status, delivery, deliveryAt, deliveryReason, attempts, sentAt, error } = request;
  return (
    <>
      <Fact name="Status">
        <StatusBadge status={status} />
      </Fact>
      <Fact name="Delivery">
        {delivery === null ? '–' : <StatusBadge status={delivery} />}
        {deliveryAt === null ? null : <Time at={deliveryAt} />}
      </Fact>
      <Fact name="Requested">
        <Time at={request.createdAt} />
      </Fact>
      <Fact name="Sent">{sentAt === null ? '–' : <Time at={sentAt} />}</Fact>
      <Fact name="Attempts">{attempts}</Fact>
      <Fact name="Caused by" isLong>
        <Link to={eventPath(request.source, request.event)} className="code">
          {request.event}
        </Link>
      </Fact>
      {error === null && deliveryReason === null ? null : (
        <Fact name="Reason" isLong>
          {error ?? deliveryReason}
        </Fact>
      )}
    </>
  );
}

interface FactProps {
  readonly name: string;
  /** True for a value that needs the whole width of a phone. */
  readonly isLong?: boolean;
  readonly children: React.ReactNode;
}

const Fact = ({ name, isLong = false, children }: FactProps) => (
  <div className={isLong ? 'long' : undefined}>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
