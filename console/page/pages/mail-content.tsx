import { useState } from 'react';
import type { SandboxMailContent } from '../../console-api.ts';
import { Choice } from '../parts/controls.tsx';
import { EmptyState } from '../parts/empty-state.tsx';

type View = 'html' | 'text' | 'headers';
type Width = 'phone' | 'desktop';

/** Width of a window in which a mail at desktop width is cut. */
const PHONE_BELOW = 700;

/** Shows the content of a mail as a mail program does, as text, and its headers. */
export function MailContent({ mail }: { readonly mail: SandboxMailContent }) {
  const [view, setView] = useState<View>(mail.hasHtml ? 'html' : 'text');
  const [width, setWidth] = useState<Width>(innerWidth < PHONE_BELOW ? 'phone' : 'desktop');
  return (
    <section aria-labelledby="content-title" className="mail">
      <div className="section-header">
        <h2 id="content-title">Content</h2>
        <div className="choices">
          {view === 'html' ? (
            <Choice
              label="Width of the mail"
              value={width}
              options={[
                ['phone', 'Phone'],
                ['desktop', 'Desktop'],
              ]}
              onChange={setWidth}
            />
          ) : null}
          <Choice
            label="Part of the mail"
            value={view}
            options={[
              ['html', 'HTML'],
              ['text', 'Text'],
              ['headers', 'Headers'],
            ]}
            onChange={setView}
          />
        </div>
      </div>
      <MailPart mail={mail} view={view} width={width} />
      {mail.attachments.length === 0 ? null : (
        <ul className="attachments">
          {mail.attachments.map(({ filename, bytes }) => (
            <li key={filename}>
              {filename} <span className="muted">{bytes} bytes</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface MailPartProps {
  readonly mail: SandboxMailContent;
  readonly view: View;
  readonly width: Width;
}

function MailPart({ mail, view, width }: MailPartProps) {
  switch (view) {
    case 'html':
      return mail.hasHtml ? (
        <div className="mail-frame">
          <iframe
            className={width}
            sandbox=""
            src={`/console/mails/${mail.id}/html`}
            title={`HTML of the mail ${mail.subject}, ${width} width`}
          />
        </div>
      ) : (
        <EmptyState title="This mail has no HTML part" />
      );
    case 'text':
      return mail.text === null ? (
        <EmptyState title="This mail has no text part" />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard
        <pre className="mail-text" tabIndex={0}>
          {mail.text}
        </pre>
      );
    default:
      return (
        <dl className="headers">
          {mail.headers.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      );
  }
}
