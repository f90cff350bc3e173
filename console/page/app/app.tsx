import { useCallback, useMemo, useState } from 'react';
import type { ConsoleContext } from '../../console-api.ts';
import { LoadState } from '../parts/empty-state.tsx';
import { PageBoundary } from '../parts/page-boundary.tsx';
import { getJson, runCommand } from './api-client.ts';
import { type Backlog, type Shell, ShellContext } from './context.ts';
import { Navigation } from './navigation.tsx';
import { CurrentPage } from './pages.tsx';
import { useAddress } from './router.tsx';
import { usePolling } from './use-polling.ts';

const CONTEXT_MS = 3_600_000;
const BACKLOG_MS = 5_000;

export function App() {
  const { data: context, error } = usePolling<ConsoleContext>(
    'context',
    () => getJson('context'),
    CONTEXT_MS,
  );
  if (context !== undefined) return <ConsoleShell context={context} />;
  return (
    <main className="alone">
      <LoadState isLoaded={false} error={error} />
    </main>
  );
}

const NOTICE_MS = 6_000;

function ConsoleShell({ context }: { readonly context: ConsoleContext }) {
  const [notice, setNotice] = useState('');
  const backlog = usePolling<Backlog>('backlog', () => runCommand('backlog show'), BACKLOG_MS);
  const notify = useCallback((message: string) => {
    setNotice(message);
    setTimeout(() => setNotice((shown) => (shown === message ? '' : shown)), NOTICE_MS);
  }, []);
  const address = useAddress();
  const { data, reload } = backlog;
  const shell: Shell = useMemo(
    () => ({ context, backlog: data, refresh: () => void reload(), notify }),
    [context, data, reload, notify],
  );
  return (
    <ShellContext.Provider value={shell}>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <Navigation address={address} isConnected={backlog.error === undefined} />
      <main id="content" tabIndex={-1}>
        <PageBoundary place={address.parts.join('/')}>
          <CurrentPage />
        </PageBoundary>
      </main>
      <div role="status" className={notice === '' ? 'notice' : 'notice shown'}>
        {notice}
      </div>
    </ShellContext.Provider>
  );
}
