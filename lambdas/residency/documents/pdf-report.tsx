import { Document, Font, Page, renderToBuffer, Text, View } from '@react-pdf/renderer';
import type { ReactElement } from 'react';
import type { ResidencyFacts } from '../residency-facts.ts';
import { FittedText } from './fitted-text.tsx';
import { fontFamilies, pageWidth, pdfStyles, textStyles, verdictColours } from './pdf-styles.ts';
import { Figures, Summary } from './pdf-summary.tsx';
import { PdfTable } from './pdf-table.tsx';
import { type PdfTableProps, startHeight } from './pdf-table-layout.ts';
import {
  bodyColumns,
  bodyRows,
  bodyText,
  declarationColumns,
  declarationRows,
  declarationText,
  evidenceTexts,
  headline,
  misplacedColumns,
  misplacedRows,
  regionColumns,
  regionRows,
  regionsText,
  reportTitle,
  unlistedText,
  verifyCommand,
} from './report-sections.ts';
import { formatTime } from './report-text.ts';

/** Composes an A4 document. Its dates are those of the report, so its bytes follow the facts. */
export async function pdfReport(facts: ResidencyFacts): Promise<Uint8Array> {
  await Promise.all(fontFamilies.map((fontFamily) => Font.load({ fontFamily })));
  return renderToBuffer(<ResidencyPdf facts={facts} />);
}

function ResidencyPdf({ facts }: { readonly facts: ResidencyFacts }): ReactElement {
  const { week, generatedAt } = facts;
  const title = reportTitle(facts);
  const period = `${formatTime(week.from)} to ${formatTime(week.to)}`;
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
          <FittedText width={pageWidth / 2} style={{ ...textStyles.quiet, maxWidth: '50%' }}>
            {headline(facts)}
          </FittedText>
          <FittedText width={pageWidth / 2} style={textStyles.quiet}>
            {title}
          </FittedText>
        </View>
        <View>
          <FittedText width={pageWidth} style={textStyles.title}>
            {title}
          </FittedText>
          <FittedText width={pageWidth} style={textStyles.quiet}>
            {`${period}. Generated ${formatTime(generatedAt)}.`}
          </FittedText>
          <Summary facts={facts} />
          <Figures facts={facts} />
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

function Sections({ facts }: { readonly facts: ResidencyFacts }): ReactElement {
  return (
    <>
      <Section
        heading="By provider and region"
        text={regionsText(facts.rows)}
        table={{
          columns: regionColumns,
          weights: [1.7, 2.9, 1.8, 2.9, 1.9, 2.5, 2.8, 1.5],
          rows: regionRows(facts.rows),
          firstNumber: 4,
          colourOf: (row, column) =>
            regionColumns[column] === 'Verdict'
              ? verdictColours[facts.rows[row]?.verdict ?? 'allowed'].border
              : undefined,
        }}
      />
      <Section
        heading="Declared regions"
        text={declarationText(facts)}
        table={{
          columns: declarationColumns,
          weights: [1.8, 2.5, 5, 4, 1.7],
          rows: declarationRows(facts),
          firstNumber: 4,
        }}
      />
      {facts.totals.violations === 0 ? null : (
        <Section
          heading="Outside the allowed regions"
          table={{
            columns: misplacedColumns,
            weights: [5.5, 2, 3, 2, 1.8],
            rows: misplacedRows(facts),
            firstNumber: 4,
          }}
          remark={unlistedText(facts)}
        />
      )}
      <Section
        heading="Webhook bodies"
        text={bodyText(facts)}
        table={{
          columns: bodyColumns,
          weights: [2, 2.4, 2.4, 2, 4],
          rows: bodyRows(facts),
          firstNumber: 1,
        }}
      />
    </>
  );
}

interface SectionProps {
  readonly heading: string;
  readonly text?: string;
  readonly table: PdfTableProps;
  /** Text below the table. */
  readonly remark?: string | undefined;
}

/**
 * Shows a section whose heading and text are on the page of the table's first row. The renderer
 * compares `minPresenceAhead` only with siblings, so a section has no box of its own.
 */
function Section({ heading, text, table, remark }: SectionProps): ReactElement {
  return (
    <>
      <View wrap={false} minPresenceAhead={startHeight(table)}>
        <Heading>{heading}</Heading>
        {text === undefined ? null : (
          <FittedText width={pageWidth} style={textStyles.paragraph}>
            {text}
          </FittedText>
        )}
      </View>
      <PdfTable {...table} />
      {remark === undefined ? null : (
        <FittedText width={pageWidth} style={{ ...textStyles.paragraph, marginTop: 6 }}>
          {remark}
        </FittedText>
      )}
    </>
  );
}

function Heading({ children }: { readonly children: string }): ReactElement {
  return (
    <FittedText width={pageWidth} style={textStyles.heading}>
      {children}
    </FittedText>
  );
}

function Evidence({ facts }: { readonly facts: ResidencyFacts }): ReactElement {
  return (
    <View wrap={false}>
      <Heading>Evidence</Heading>
      {evidenceTexts(facts).map((text) => (
        <FittedText key={text} width={pageWidth} style={textStyles.paragraph}>
          {text}
        </FittedText>
      ))}
      <FittedText width={pageWidth} style={textStyles.code}>
        {verifyCommand(facts.stage)}
      </FittedText>
    </View>
  );
}
