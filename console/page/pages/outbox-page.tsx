import { useState } from 'react';
import { runCommand } from '../app/api-client.ts';
import { useShell } from '../app/context.ts';
import { type Column, DataTable, NO_VALUE } from '../lists/data-table.tsx';
import { useList } from '../lists/use-list.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Choice } from '../parts/controls.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { ErrorText } from '../parts/error-text.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { Time } from '../parts/time.tsx';

interface EntryLine {
  readonly id: string;
  readonly type: string;
  readonly createdAt: string;
  readonly attempts: number;
  readonly rejections: number;
  readonly bytes: number;
  readonly error: string | null;
}

type OutboxStatus = 'set-aside' | 'waiting';

const columns: readonly Column<EntryLine>[] = [
  {
    label: 'Domain event',
    kind: 'main',
    show: ({ type, id }) => (
      <>
        <span>{type}</span>
        <span className="under code">{id}</span>
      </>
    ),
  },
  { label: 'Created', show: ({ createdAt }) => <Time at={createdAt} /> },
  { label: 'Attempts', kind: 'number', show: ({ attempts }) => attempts },
  { label: 'Rejections', kind: 'number', show: ({ rejections }) => rejections },
  { label: 'Bytes', kind: 'number', show: ({ bytes }) => bytes },
  {
    label: 'Error',
    show: ({ error }) => (error === null ? NO_VALUE : <ErrorText text={error} />),
  },
];

interface RetryResult {
  readonly retried: number;
}

const retry = async (given: object): Promise<string> => {
  const { retried } = await runCommand<RetryResult>('outbox retry', given);
  const events = retried === 1 ? 'domain event is' : 'domain events are';
  return `${retried} ${events} published within a minute.`;
};

const countRetriable = async (): Promise<string> => {
  const { matching } = await runCommand<{ matching: number }>('outbox retry', {
    dryRun: true,
    reason: 'Preview in the console',
  });
  const events = matching === 1 ? 'domain event' : 'domain events';
  return `${matching} rejected ${events} would be published again.`;
};

function actionsColumn(onDone: () => Promise<void>): Column<EntryLine> {
  const afterwards = async (message: Promise<string>) => {
    const text = await message;
    await onDone();
    return text;
  };
  return {
    label: 'Actions',
    kind: 'actions',
    show: ({ id, type }) => (
      <>
        <ActionButton
          label="Retry"
          name={`Retry ${type} ${id}`}
          title={`Publish ${type} again?`}
          description={<p>The relay publishes it within a minute.</p>}
          reasonRequired
          tone="primary"
          run={(reason) => afterwards(retry({ entry: id, reason }))}
        />
        <ActionButton
          label="Discard"
          name={`Discard ${type} ${id}`}
          title={`Discard ${type}?`}
          description={<p>Nobody receives this domain event. The audit log keeps its content.</p>}
          reasonRequired
          tone="danger"
          run={(reason) =>
            afterwards(
              runCommand('outbox discard', { entry: id, reason }).then(
                () => `${type} is discarded.`,
              ),
            )
          }
        />
      </>
    ),
  };
}

const entryKey = ({ id }: EntryLine) => id;

export function OutboxPage() {
  const { context } = useShell();
  const [status, setStatus] = useState<OutboxStatus>('set-aside');
  const list = useList<EntryLine>(
    { command: 'outbox list', given: { status }, field: 'entries', refreshMs: context.refreshMs },
    entryKey,
  );
  const shown = status === 'set-aside' ? [...columns, actionsColumn(list.reload)] : columns;
  return (
    <>
      <PageHeader title="Outbox" summary="Domain events that are not published yet.">
        <Choice
          label="Status"
          value={status}
          options={[
            ['set-aside', 'Set aside'],
            ['waiting', 'Waiting'],
          ]}
          onChange={setStatus}
        />
        <ActionButton
          label="Retry all"
          title="Publish every rejected domain event again?"
          description={<p>Up to 100 at a time.</p>}
          reasonRequired
          tone="primary"
          disabled={status !== 'set-aside' || list.rows === undefined || list.rows.length === 0}
          preview={countRetriable}
          run={async (reason) => {
            const message = await retry({ reason });
            await list.reload();
            return message;
          }}
        />
      </PageHeader>
      <DataTable
        caption="Unpublished domain events, oldest first"
        columns={shown}
        list={list}
        keyOf={entryKey}
        empty={
          status === 'set-aside' ? (
            <EmptyState title="Nothing is set aside">
              EventBridge has accepted every domain event that was tried.
            </EmptyState>
          ) : (
            <EmptyState title="Nothing waits">Every domain event is published.</EmptyState>
          )
        }
      />
    </>
  );
}
