import { Document, Page, renderToBuffer, Text, View } from '@react-pdf/renderer';
import type { ReactElement, ReactNode } from 'react';
import { isMadeUp, type ResidencyFacts } from '../residency-facts.ts';
import { pdfStyles, verdictColours } from './pdf-styles.ts';
import { PdfTable } from './pdf-table.tsx';
import { pdfText } from './pdf-text.ts';
import {
  bodyColumns,
  bodyRows,
  bodyText,
  declarationColumns,
  declarationRows,
  declarationText,
  evidenceTexts,
  madeUpText,
  misplacedColumns,
  misplacedRows,
  regionColumns,
  regionRows,
  regionsText,
  unlistedText,
  verifyCommand,
} from './report-sections.ts';
import {
  basisSentence,
  formatNumber,
  formatTime,
  formatTotalDuration,
  formatTotalSize,
  verdictSentence,
} from './report-text.ts';

/** Composes an A4 document. Its dates are those of the report, so its bytes follow the facts. */
export const pdfReport = (facts: ResidencyFacts): Promise<Uint8Array> =>
  renderToBuffer(<ResidencyPdf facts={facts} />);

function ResidencyPdf({ facts }: { readonly facts: ResidencyFacts }): ReactElement {
  const { week, stage, sequence, generatedAt } = facts;
  const title = `Residency report, week of ${week.monday}`;
  const period = `${formatTime(week.from)} to ${formatTime(week.to)}`;
  const heading = pdfText(`Motion Mavericks · ${stage} · report ${sequence}`);
  return (
    <Document
      title={title}
      author="Motion Mavericks"
      language="en-AU"
      creationDate={generatedAt}
      modificationDate={generatedAt}
    >
      <Page size="A4" style={pdfStyles.page}>
        <View style={pdfStyles.header} fixed>
          <Text>{heading}</Text>
          <Text>{title}</Text>
        </View>
        <View>
          <Text style={pdfStyles.title}>{title}</Text>
          <Text style={pdfStyles.quiet}>{`${period}. Generated ${formatTime(generatedAt)}.`}</Text>
          <Summary facts={facts} />
          <Sections facts={facts} />
          <Evidence facts={facts} />
        </View>
        <Text
          style={pdfStyles.footer}
          render={({ pageNumber, totalPages }) => `Page ${pageNumber} of ${totalPages}`}
          fixed
        />
      </Page>
    </Document>
  );
}

function Summary({ facts }: { readonly facts: ResidencyFacts }): ReactElement {
  const { verdict, totals, allowedRegions } = facts;
  const { border, background } = verdictColours[verdict];
  const figures = [
    ['Assets', formatNumber(totals.assets)],
    ['Stored', formatTotalSize(totals)],
    ['Playing time', formatTotalDuration(totals)],
    ['Added this week', formatNumber(totals.addedInWeek)],
  ] as const;
  return (
    <View>
      <View
        style={[pdfStyles.verdict, { borderLeftColor: border, backgroundColor: background }]}
        wrap={false}
      >
        <Text style={[pdfStyles.strong, { color: border }]}>{verdictSentence(facts)}</Text>
        <Text style={pdfStyles.paragraph}>{basisSentence(totals)}</Text>
        {isMadeUp(facts) ? <Text style={pdfStyles.paragraph}>{madeUpText(facts)}</Text> : null}
        <Text style={pdfStyles.quiet}>{pdfText(`Allowed: ${allowedRegions.join(', ')}.`)}</Text>
      </View>
      <View style={pdfStyles.figures} wrap={false}>
        {figures.map(([name, value]) => (
          <View key={name} style={pdfStyles.figure}>
            <Text style={pdfStyles.quiet}>{name}</Text>
            <Text style={pdfStyles.figureValue}>{value}</Text>
          </View>
        ))}
      </View>
    </View>
  );
}

function Sections({ facts }: { readonly facts: ResidencyFacts }): ReactElement {
  const bodies = bodyRows(facts);
  const unlisted = unlistedText(facts);
  return (
    <View>
      <Section heading="By provider and region" text={regionsText}>
        <PdfTable
          columns={regionColumns}
          weights={[2, 3, 2, 2.6, 1.4, 2.6, 2.8, 1.4]}
          rows={regionRows(facts.rows)}
          firstNumber={4}
          colourOf={(row, column) =>
            regionColumns[column] === 'Verdict'
              ? verdictColours[facts.rows[row]?.verdict ?? 'allowed'].border
              : undefined
          }
        />
      </Section>
      <Section heading="Declared regions" text={declarationText(facts)}>
        <PdfTable
          columns={declarationColumns}
          weights={[2, 2, 6, 3.4, 1.6]}
          rows={declarationRows(facts)}
          firstNumber={4}
        />
      </Section>
      {facts.totals.violations === 0 ? null : (
        <Section heading="Outside the allowed regions" text={unlisted ?? ''}>
          <PdfTable
            columns={misplacedColumns}
            weights={[5.5, 2, 3, 2, 1.8]}
            rows={misplacedRows(facts)}
            firstNumber={4}
          />
        </Section>
      )}
      <Section heading="Webhook bodies" text={bodyText(facts)}>
        <PdfTable
          columns={bodyColumns}
          weights={[2, 2.4, 2.4, 2, 4]}
          rows={bodies}
          firstNumber={1}
        />
      </Section>
    </View>
  );
}

interface SectionProps {
  readonly heading: string;
  readonly text: string;
  readonly children?: ReactNode;
}

function Section({ heading, text, children }: SectionProps): ReactElement {
  return (
    <View>
      <Text style={pdfStyles.heading} minPresenceAhead={80}>
        {heading}
      </Text>
      {text === '' ? null : <Text style={pdfStyles.paragraph}>{pdfText(text)}</Text>}
      {children}
    </View>
  );
}

function Evidence({ facts }: { readonly facts: ResidencyFacts }): ReactElement {
  return (
    <View wrap={false}>
      <Text style={pdfStyles.heading} minPresenceAhead={80}>
        Evidence
      </Text>
      {evidenceTexts(facts).map((text) => (
        <Text key={text} style={pdfStyles.paragraph}>
          {pdfText(text)}
        </Text>
      ))}
      <Text style={pdfStyles.code}>{pdfText(verifyCommand(facts.stage))}</Text>
    </View>
  );
}
