import { useCallback, useEffect, useState } from 'react';
import type { EventReport } from '../../../lambdas/operations/event-story/event-report.ts';
import { messageOf, runCommand } from '../app/api-client.ts';
import { useShell } from '../app/context.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { CopyButton } from '../parts/controls.tsx';
import { EmptyState, LoadState } from '../parts/empty-state.tsx';
import { JsonTree } from '../parts/json-tree.tsx';
import { curlOf } from './event-curl.ts';

interface StoredBody {
  readonly body: unknown;
}

/**
 * Shows the archived body. A stage's body is read only on request, because the audit log records
 * each reading.
 */
export function EventBody({ report }: { readonly report: EventReport }) {
  const { context } = useShell();
  const { provider, event, hasBody } = report;
  const [stored, setStored] = useState<StoredBody>();
  const [error, setError] = useState<string>();
  const read = useCallback(
    async (reason: string) => {
      setStored(await runCommand<StoredBody>('events body', { provider, event, reason }));
      return 'The audit log recorded the reading.';
    },
    [provider, event],
  );
  const readsAtOnce = hasBody && context.target.kind === 'local';
  useEffect(() => {
    if (readsAtOnce) read('').catch((failure) => setError(messageOf(failure)));
  }, [readsAtOnce, read]);
  return (
    <section aria-labelledby="body">
      <div className="section-header">
        <h2 id="body">Body</h2>
        {stored === undefined ? null : (
          <CopyButton text={() => curlOf(report, stored.body, context)}>Copy as curl</CopyButton>
        )}
      </div>
      {readsAtOnce ? <LoadState isLoaded={stored !== undefined} error={error} /> : null}
      <BodyContent hasBody={hasBody} stored={stored} readsAtOnce={readsAtOnce} read={read} />
    </section>
  );
}

interface BodyContentProps {
  readonly hasBody: boolean;
  readonly stored: StoredBody | undefined;
  readonly readsAtOnce: boolean;
  readonly read: (reason: string) => Promise<string>;
}

function BodyContent({ hasBody, stored, readsAtOnce, read }: BodyContentProps) {
  if (stored !== undefined) return <JsonTree value={stored.body} />;
  if (!hasBody)
    return (
      <EmptyState title="The body was pruned">
        Bodies are kept for a limited time, and until an event is no longer failed.
      </EmptyState>
    );
  if (readsAtOnce) return null;
  return (
    <EmptyState title="The body may hold personal data">
      <p>The audit log records who reads it, and why.</p>
      <ActionButton
        label="Show body"
        title="Show the body?"
        description={<p>Private parts are hidden. The audit log records this reading.</p>}
        tone="primary"
        run={read}
      />
    </EmptyState>
  );
}
