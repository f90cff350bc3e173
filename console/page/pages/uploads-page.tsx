import { useState } from 'react';
import { StatusBadge } from '../../../lambdas/operations/event-story/status-badge.tsx';
import { runCommand } from '../app/api-client.ts';
import { useShell } from '../app/context.ts';
import { Link } from '../app/router.tsx';
import { type Column, DataTable } from '../lists/data-table.tsx';
import { useList } from '../lists/use-list.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Select } from '../parts/controls.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { ErrorText } from '../parts/error-text.tsx';
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

const ProviderId = ({ name, id }: { readonly name: string; readonly id: string }) => (
  <span className="provider-id">
    <span className="muted">{name}</span> <span className="code">{id}</span>
  </span>
);

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
        {failureReason === null ? null : <ErrorText text={failureReason} />}
      </>
    ),
  },
  { label: 'Started', show: ({ createdAt }) => <Time at={createdAt} /> },
  {
    label: 'Ids at the provider',
    show: ({ muxUpload, muxAsset }) => (
      <>
        <ProviderId name="Upload" id={muxUpload} />
        {muxAsset === null ? null : <ProviderId name="Asset" id={muxAsset} />}
      </>
    ),
  },
];

interface BindResult {
  readonly outcome: 'bound' | 'already-bound' | 'held-by-another-row';
  readonly asset: { readonly id: string };
}

/** @throws if nothing was bound, so that the dialog stays open. */
function describeResult({ outcome, asset }: BindResult, video: string, muxAsset: string): string {
  switch (outcome) {
    case 'bound':
      return `“${video}” is bound to ${muxAsset}.`;
    case 'already-bound':
      return `“${video}” was bound to ${muxAsset} before. Nothing changed.`;
    case 'held-by-another-row':
      throw new Error(
        `Another video of a member has this asset: ${asset.id}. Nothing changed. ` +
          'Bind that video to another asset first.',
      );
  }
}

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
        const result = await runCommand<BindResult>('assets bind', { asset, muxAsset, reason });
        await onBound();
        return describeResult(result, title ?? asset, muxAsset);
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
