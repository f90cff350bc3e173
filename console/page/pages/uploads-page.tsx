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
import { PageHeader } from '../parts/page-header.tsx';
import { Time } from '../parts/time.tsx';

interface UploadLine {
  readonly asset: string;
  readonly title: string | null;
  readonly status: string;
  readonly muxUpload: string;
  readonly muxAsset: string | null;
  readonly failureReason: string | null;
  readonly createdAt: string;
}

const columns: readonly Column<UploadLine>[] = [
  {
    label: 'Video',
    kind: 'main',
    show: ({ title, asset }) => (
      <>
        <Link to={`/events?asset=${asset}`} label={`Events of ${title ?? asset}`}>
          {title ?? 'Without a title'}
        </Link>
        <span className="under code">{asset}</span>
      </>
    ),
  },
  {
    label: 'Status',
    show: ({ status, failureReason }) => (
      <>
        <StatusBadge status={status} />
        {failureReason === null ? null : <span className="under">{failureReason}</span>}
      </>
    ),
  },
  { label: 'Started', show: ({ createdAt }) => <Time at={createdAt} /> },
  { label: 'Upload', show: ({ muxUpload }) => <span className="code">{muxUpload}</span> },
  {
    label: 'Asset',
    show: ({ muxAsset }) =>
      muxAsset === null ? NO_VALUE : <span className="code">{muxAsset}</span>,
  },
];

const bindColumn = (onBound: () => Promise<void>): Column<UploadLine> => ({
  label: 'Actions',
  kind: 'actions',
  show: ({ asset, title }) => (
    <ActionButton
      label="Bind"
      name={`Bind ${title ?? asset} to an asset of the provider`}
      title={`Bind “${title ?? asset}” to another asset?`}
      description={<p>No later event changes that binding. Another video loses the asset.</p>}
      field={{ label: 'Asset id at the provider' }}
      reasonRequired
      run={async (reason, muxAsset) => {
        const { outcome } = await runCommand<{ outcome: string }>('assets bind', {
          asset,
          muxAsset,
          reason,
        });
        await onBound();
        return `Outcome: ${outcome}.`;
      }}
    />
  ),
});

const statuses = ['awaiting-upload', 'processing', 'ready', 'failed', 'cancelled', 'deleted'];
const assetOf = ({ asset }: UploadLine) => asset;

export function UploadsPage() {
  const { context } = useShell();
  const [status, setStatus] = useState('');
  const list = useList<UploadLine>(
    { command: 'uploads list', given: { status }, field: 'uploads', refreshMs: context.refreshMs },
    assetOf,
  );
  return (
    <>
      <PageHeader title="Uploads" summary="Videos that members upload.">
        <Select
          label="Status"
          value={status}
          options={[['', 'Any status'], ...statuses.map((one) => [one, one] as const)]}
          onChange={setStatus}
        />
      </PageHeader>
      <DataTable
        caption="Uploads, newest first"
        columns={[...columns, bindColumn(list.reload)]}
        list={list}
        keyOf={assetOf}
        empty={
          status === '' ? (
            <EmptyState title="No upload yet">A member starts one in the portal.</EmptyState>
          ) : (
            <EmptyState title={`No upload is ${status}`} />
          )
        }
      />
    </>
  );
}
