import { useState } from 'react';
import { StatusBadge } from '../../../lambdas/operations/event-story/status-badge.tsx';
import { runCommand } from '../app/api-client.ts';
import { useShell } from '../app/context.ts';
import { Link } from '../app/router.tsx';
import { type Column, DataTable, NO_VALUE } from '../lists/data-table.tsx';
import { useList } from '../lists/use-list.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Select } from '../parts/controls.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { ErrorText } from '../parts/error-text.tsx';
import { Time } from '../parts/time.tsx';
import { type MailLine, mailKey } from './mail-line.ts';

const columns: readonly Column<MailLine>[] = [
  {
    label: 'Mail',
    kind: 'main',
    show: ({ id, kind, email }) => (
      <>
        <Link to={`/mails/${id}`}>{kind}</Link>
        <span className="under">{email}</span>
      </>
    ),
  },
  { label: 'Status', show: ({ status }) => <StatusBadge status={status} /> },
  {
    label: 'Delivery',
    show: ({ delivery }) => (delivery === null ? NO_VALUE : <StatusBadge status={delivery} />),
  },
  { label: 'Requested', show: ({ createdAt }) => <Time at={createdAt} /> },
  { label: 'Sent', show: ({ sentAt }) => (sentAt === null ? NO_VALUE : <Time at={sentAt} />) },
  {
    label: 'Error',
    show: ({ error, deliveryReason }) => {
      const reason = error ?? deliveryReason;
      return reason === null ? NO_VALUE : <ErrorText text={reason} />;
    },
  },
];

const resendColumn = (onResent: () => Promise<void>): Column<MailLine> => ({
  label: 'Actions',
  kind: 'actions',
  show: (mail) =>
    mail.status === 'failed' ? <ResendButton mail={mail} onResent={onResent} /> : null,
});

interface ResendButtonProps {
  readonly mail: MailLine;
  readonly onResent: () => Promise<void>;
}

export function ResendButton({ mail, onResent }: ResendButtonProps) {
  const { id, kind, email, maybeSent } = mail;
  return (
    <ActionButton
      label="Resend"
      name={`Resend ${kind} to ${email}`}
      title={`Send ${kind} to ${email} again?`}
      description={
        <p>
          {maybeSent
            ? 'An earlier attempt may have sent this mail, so the person may receive it twice.'
            : 'No attempt has sent this mail.'}
        </p>
      }
      reasonRequired
      tone="primary"
      run={async (reason) => {
        await runCommand('mails resend', { notification: id, reason });
        await onResent();
        return 'The mail is sent within a minute.';
      }}
    />
  );
}

const statusOptions = [
  ['all', 'Any status'],
  ['failed', 'failed'],
  ['pending', 'pending'],
  ['sent', 'sent'],
  ['suppressed', 'suppressed'],
] as const;

type MailStatus = (typeof statusOptions)[number][0];

/** Lists the mails of the ledger of notifications. */
export function MailRequests() {
  const { context } = useShell();
  const [status, setStatus] = useState<MailStatus>('all');
  const list = useList<MailLine>(
    { command: 'mails list', given: { status }, field: 'mails', refreshMs: context.refreshMs },
    mailKey,
  );
  return (
    <>
      <div className="filter">
        <Select label="Status" value={status} options={statusOptions} onChange={setStatus} />
      </div>
      <DataTable
        caption="Mails, newest first"
        columns={[...columns, resendColumn(list.reload)]}
        list={list}
        keyOf={mailKey}
        empty={
          <EmptyState title={status === 'all' ? 'No mail yet' : `No mail is ${status}`}>
            Events, jobs and operators cause mails.
          </EmptyState>
        }
      />
    </>
  );
}
