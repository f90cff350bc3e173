import { useShell } from '../app/context.ts';
import { navigate, useAddress } from '../app/router.tsx';
import { Choice } from '../parts/controls.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { MailRequests } from './mail-requests.tsx';
import { SandboxMails } from './sandbox-mails.tsx';

type View = 'sandbox' | 'requests';

const summaries: Readonly<Record<View, string>> = {
  sandbox: 'Every mail that the sandbox on this machine holds. No mail has left it.',
  requests: 'Every mail that this system has requested, with its delivery.',
};

export function MailsPage() {
  const { context } = useShell();
  const { parameters } = useAddress();
  const view: View =
    context.hasSandbox && parameters.get('view') !== 'requests' ? 'sandbox' : 'requests';
  return (
    <>
      <PageHeader title="Mails" summary={summaries[view]}>
        {context.hasSandbox ? (
          <Choice
            label="Mails to list"
            value={view}
            options={[
              ['sandbox', 'Sandbox'],
              ['requests', 'Requests'],
            ]}
            onChange={(chosen) =>
              navigate(chosen === 'sandbox' ? '/mails' : '/mails?view=requests', { replace: true })
            }
          />
        ) : null}
      </PageHeader>
      {view === 'sandbox' ? <SandboxMails /> : <MailRequests />}
    </>
  );
}
