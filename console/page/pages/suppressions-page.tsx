import { runCommand } from '../app/api-client.ts';
import { useShell } from '../app/context.ts';
import { eventPath, Link } from '../app/router.tsx';
import { type Column, DataTable } from '../lists/data-table.tsx';
import { useList } from '../lists/use-list.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { Time } from '../parts/time.tsx';

interface SuppressionLine {
  readonly address: string;
  readonly reason: string;
  readonly origin: string;
  readonly since: string;
  readonly source: string;
  readonly eventId: string;
}

interface LiftResult {
  readonly portal: string;
  readonly resend: string;
}

const columns: readonly Column<SuppressionLine>[] = [
  { label: 'Address', kind: 'main', show: ({ address }) => address },
  { label: 'Reason', show: ({ reason }) => reason },
  { label: 'Listed first by', show: ({ origin }) => origin },
  { label: 'Since', show: ({ since }) => <Time at={since} /> },
  {
    label: 'Because of',
    show: ({ source, eventId }) => (
      <Link to={eventPath(source, eventId)} className="code">
        {eventId}
      </Link>
    ),
  },
];

const liftColumn = (onLifted: () => Promise<void>): Column<SuppressionLine> => ({
  label: 'Actions',
  kind: 'actions',
  show: ({ address }) => (
    <ActionButton
      label="Lift"
      name={`Lift the suppression of ${address}`}
      title={`Send mail to ${address} again?`}
      description={<p>The address is removed from the provider’s list first, and then here.</p>}
      reasonRequired
      tone="primary"
      run={async (reason) => {
        const { portal, resend } = await runCommand<LiftResult>('suppressions lift', {
          address,
          reason,
        });
        await onLifted();
        return `Here: ${portal}. At the provider: ${resend}.`;
      }}
    />
  ),
});

const addressOf = ({ address }: SuppressionLine) => address;

export function SuppressionsPage() {
  const { context } = useShell();
  const list = useList<SuppressionLine>(
    {
      command: 'suppressions list',
      given: {},
      field: 'suppressions',
      refreshMs: context.refreshMs,
    },
    addressOf,
  );
  return (
    <>
      <PageHeader title="Suppressions" summary="Addresses that receive no mail." />
      <DataTable
        caption="Suppressed addresses, newest first"
        columns={[...columns, liftColumn(list.reload)]}
        list={list}
        keyOf={addressOf}
        empty={
          <EmptyState title="No address is suppressed">Every address receives mail.</EmptyState>
        }
      />
    </>
  );
}
