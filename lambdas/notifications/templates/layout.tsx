import { Body } from '@react-email/body';
import { Button } from '@react-email/button';
import { Container } from '@react-email/container';
import { Head } from '@react-email/head';
import { Heading } from '@react-email/heading';
import { Hr } from '@react-email/hr';
import { Html } from '@react-email/html';
import { Preview } from '@react-email/preview';
import { Section } from '@react-email/section';
import { Text } from '@react-email/text';
import type { ReactElement, ReactNode } from 'react';
import { cutText } from '../../platform/cut-text.ts';

// React Email cuts a longer preview, also within a word or a character of two code units.
const PREVIEW_CHARACTERS = 149;

export interface LayoutProps {
  /** Text that an inbox shows beside the subject. */
  readonly preview: string;
  readonly heading: string;
  readonly action?: { readonly label: string; readonly href: string };
  /** Shown below the action: what readers with the project on their machine can run instead. */
  readonly commands?: ReactNode;
  /** Sentence that explains why the recipient receives this mail. */
  readonly reason: string;
  readonly children: ReactNode;
}

// Inline styles hold the light theme, which every client shows. Clients that support
// `prefers-color-scheme` also read <style>, where only `!important` overrides an inline style.
const darkTheme = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page, .page > table > tbody > tr > td { background-color: #101418 !important; }
  .card { background-color: #1b2127 !important; border-color: #343d46 !important; }
  .strong { color: #f3f5f7 !important; }
  .quiet { color: #aab4be !important; }
  .panel { background-color: #262e36 !important; }
  .action { background-color: #8fb4ff !important; color: #0b1626 !important; }
  .line { border-color: #343d46 !important; }
}`;

// On a narrow screen each row becomes a block, and each cell shows the name of its column.
const narrowTables = `
@media (max-width: 480px) {
  .data thead { display: none !important; }
  .data, .data tbody, .data tr, .data td { display: block !important; }
  .data tr { border-bottom: 1px solid #d9dfe5; padding: 8px 0 !important; }
  .data td { border: 0 !important; padding: 2px 0 !important; }
  .data .label { display: inline !important; }
}`;

const font = 'system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif';
// A title may be one word of 200 letters, which must break on a screen of 360 px.
const breaking = { overflowWrap: 'anywhere', wordBreak: 'break-word' } as const;
const wrapping = { overflowWrap: 'break-word' } as const;

// A column is at least as wide as its longest word, so only longer words may break.
const LONGEST_WHOLE_WORD = 24;
const wrapOf = (text: string) =>
  text.split(/\s+/).some(({ length }) => length > LONGEST_WHOLE_WORD) ? breaking : wrapping;

export function Layout(props: LayoutProps): ReactElement {
  const { preview, heading, action, commands, reason, children } = props;
  return (
    <Html lang="en-AU">
      <Head>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{heading}</title>
        <style>{darkTheme + narrowTables}</style>
      </Head>
      <Body
        className="page"
        style={{ backgroundColor: '#eef1f4', fontFamily: font, margin: 0, padding: '24px 12px' }}
      >
        <Preview>{cutText(preview, PREVIEW_CHARACTERS)}</Preview>
        <Container className="card" style={card}>
          <Text className="quiet" style={{ ...quiet, margin: '0 0 16px' }}>
            Motion Mavericks
          </Text>
          <Heading
            as="h1"
            className="strong"
            style={{ ...strong, fontSize: 22, lineHeight: '28px', margin: '0 0 16px' }}
          >
            {heading}
          </Heading>
          {children}
          {action === undefined ? null : (
            <Button className="action" href={action.href} style={button}>
              {action.label}
            </Button>
          )}
          {commands === undefined ? null : <div style={{ marginTop: 24 }}>{commands}</div>}
          <Hr className="line" style={{ borderColor: '#d9dfe5', margin: '24px 0 16px' }} />
          <Text className="quiet" style={{ ...quiet, margin: 0 }}>
            {reason}
          </Text>
        </Container>
      </Body>
    </Html>
  );
}

/** Shows a text from outside, set apart from the mail's own words and in its own text direction. */
export function Panel({ label, children }: { label?: string; children: string }): ReactElement {
  return (
    <Section
      className="panel"
      style={{ backgroundColor: '#f3f5f8', borderRadius: 8, margin: '0 0 16px' }}
    >
      <div style={{ padding: '12px 16px' }}>
        {label === undefined ? null : (
          <Text className="quiet" style={{ ...quiet, margin: '0 0 4px' }}>
            {label}
          </Text>
        )}
        <Text
          className="strong"
          dir="auto"
          style={{ ...strong, ...breaking, fontSize: 16, lineHeight: '24px', margin: 0 }}
        >
          {children}
        </Text>
      </div>
    </Section>
  );
}

/** Shows rows of texts from outside. The first column identifies the row. */
export function Table({
  head,
  rows,
}: {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}): ReactElement {
  return (
    <table
      className="data"
      width="100%"
      cellPadding={0}
      cellSpacing={0}
      style={{ borderCollapse: 'collapse', margin: '0 0 16px' }}
    >
      <thead>
        <tr>
          {head.map((title) => (
            <th
              key={title}
              align="left"
              className="quiet line"
              style={{ ...quiet, ...cell, fontWeight: 600 }}
            >
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.join(' ')} className="line">
            {row.map((text, column) => (
              <td
                key={head[column]}
                valign="top"
                dir="auto"
                className="strong line"
                style={{ ...strong, ...wrapOf(text), ...cell }}
              >
                <span className="label quiet" style={{ ...quiet, display: 'none' }}>
                  {`${head[column]}: `}
                </span>
                {text}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Shows a command or a value for the reader to copy. */
export function Command({ children }: { children: string }): ReactElement {
  return (
    <Text
      className="strong"
      style={{
        ...strong,
        ...breaking,
        fontFamily: 'ui-monospace, Menlo, Consolas, monospace',
        fontSize: 13,
        lineHeight: '18px',
        margin: '0 0 12px',
      }}
    >
      {children}
    </Text>
  );
}

export function Paragraph({ children }: { children: ReactNode }): ReactElement {
  return (
    <Text
      className="strong"
      style={{ ...strong, ...breaking, fontSize: 16, lineHeight: '24px', margin: '0 0 16px' }}
    >
      {children}
    </Text>
  );
}

const strong = { color: '#17202a' } as const;
const quiet = { color: '#56626e', fontSize: 13, lineHeight: '18px' } as const;
const cell = {
  borderBottom: '1px solid #d9dfe5',
  fontSize: 13,
  lineHeight: '18px',
  padding: '8px 8px 8px 0',
} as const;
const card = {
  backgroundColor: '#ffffff',
  border: '1px solid #d9dfe5',
  borderCollapse: 'separate',
  borderRadius: 12,
  maxWidth: 520,
  padding: 24,
} as const;
const button = {
  backgroundColor: '#1f4fbf',
  borderRadius: 8,
  color: '#ffffff',
  fontSize: 16,
  fontWeight: 600,
  padding: '12px 20px',
} as const;
