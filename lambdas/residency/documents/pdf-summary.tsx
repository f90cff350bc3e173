import { View } from '@react-pdf/renderer';
import type { ReactElement } from 'react';
import { formatNumber } from '../../platform/display/numbers.ts';
import { isMadeUp, type ResidencyFacts } from '../residency-facts.ts';
import { FittedText } from './fitted-text.tsx';
import { figureWidth, pdfStyles, textStyles, verdictColours, verdictWidth } from './pdf-styles.ts';
import { codePointsText, hasCodePoints } from './pdf-text.ts';
import {
  allowedText,
  bodyRows,
  declarationRows,
  lateText,
  misplacedRows,
  regionRows,
} from './report-sections.ts';
import {
  basisSentence,
  formatTotalDuration,
  formatTotalSize,
  verdictSentence,
} from './report-text.ts';

/** Shows the verdict in its colour, and where the regions come from. */
export function Summary({ facts }: { readonly facts: ResidencyFacts }): ReactElement {
  const { border, background } = verdictColours[facts.verdict];
  const texts = [
    basisSentence(facts.totals),
    ...(isMadeUp(facts) ? [lateText(facts)] : []),
    ...(hasCodePoints(shownTexts(facts)) ? [codePointsText] : []),
  ];
  return (
    <View
      style={[pdfStyles.verdict, { borderLeftColor: border, backgroundColor: background }]}
      wrap={false}
    >
      <FittedText width={verdictWidth} style={{ ...textStyles.verdict, color: border }}>
        {verdictSentence(facts)}
      </FittedText>
      {texts.map((text) => (
        <FittedText key={text} width={verdictWidth} style={textStyles.paragraph}>
          {text}
        </FittedText>
      ))}
      <FittedText width={verdictWidth} style={textStyles.quiet}>
        {allowedText(facts)}
      </FittedText>
    </View>
  );
}

/** Texts of the report that come from outside, so that the fonts may lack their characters. */
const shownTexts = (facts: ResidencyFacts): readonly string[] => [
  facts.stage,
  ...facts.allowedRegions,
  ...regionRows(facts.rows).flat(),
  ...declarationRows(facts).flat(),
  ...misplacedRows(facts).flat(),
  ...bodyRows(facts).flat(),
];

/** Shows the totals of the report. */
export function Figures({ facts: { totals } }: { readonly facts: ResidencyFacts }): ReactElement {
  const figures = [
    ['Assets', formatNumber(totals.assets)],
    ['Stored', formatTotalSize(totals)],
    ['Playing time', formatTotalDuration(totals)],
    ['Added this week', formatNumber(totals.addedInWeek)],
  ] as const;
  return (
    <View style={pdfStyles.figures} wrap={false}>
      {figures.map(([name, value]) => (
        <View key={name} style={pdfStyles.figure}>
          <FittedText width={figureWidth} style={textStyles.quiet}>
            {name}
          </FittedText>
          <FittedText width={figureWidth} style={textStyles.figure}>
            {value}
          </FittedText>
        </View>
      ))}
    </View>
  );
}
