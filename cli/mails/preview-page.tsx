import { render } from '@react-email/render';
import type { RenderedMail } from '../../lambdas/notifications/render-mail.ts';

/** One rendered mail of the preview. */
export interface Preview {
  readonly kind: string;
  readonly sample: string;
  readonly mail: RenderedMail;
}

const css = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 24px; }
h2 { margin: 32px 0 4px; }
.views { display: flex; flex-wrap: wrap; gap: 16px; }
iframe, pre { border: 1px solid #8886; border-radius: 8px; height: 560px; }
iframe { background: #fff; }
pre { box-sizing: border-box; margin: 0; max-width: 100%; overflow: auto; padding: 12px;
  width: 640px; }`;

const PHONE = 360;
const DESKTOP = 640;

/** Returns a page that shows each mail at the width of a phone and of a desktop, and as text. */
export function previewPage(previews: readonly Preview[]): Promise<string> {
  return render(
    <html lang="en-AU">
      <head>
        <meta charSet="utf-8" />
        <title>Mails</title>
        <style>{css}</style>
      </head>
      <body>
        <h1>Mails</h1>
        {previews.map(({ kind, sample, mail }) => (
          <section key={`${kind} ${sample}`}>
            <h2>{`${kind} · ${sample}`}</h2>
            <p>{`Subject: ${mail.subject}`}</p>
            <div className="views">
              <Frame html={mail.html} title={`${kind}, ${sample}, on a phone`} width={PHONE} />
              <Frame html={mail.html} title={`${kind}, ${sample}, on a desktop`} width={DESKTOP} />
              <pre>{mail.text}</pre>
            </div>
          </section>
        ))}
      </body>
    </html>,
  );
}

/** Shows a mail without scripts and forms, and without the origin of the page. */
function Frame({ html, title, width }: { html: string; title: string; width: number }) {
  return <iframe srcDoc={html} title={title} width={width} sandbox="" />;
}
