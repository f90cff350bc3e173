import { Text } from '@react-pdf/renderer';
import type { ComponentProps, ReactElement } from 'react';
import { fitWords, type TextFont } from './fit-words.ts';
import { pdfText } from './pdf-text.ts';

type Style = Extract<ComponentProps<typeof Text>['style'], { readonly fontSize?: unknown }>;

export interface FittedTextProps {
  /** Width of the line in points. */
  readonly width: number;
  readonly style: Omit<Style, keyof TextFont> & TextFont;
  readonly children: string;
}

/** Shows a text in characters that the fonts have, and keeps long words inside of the line. */
export function FittedText({ width, style, children }: FittedTextProps): ReactElement {
  return (
    <Text style={style} hyphenationCallback={fitWords(width, style)}>
      {pdfText(children)}
    </Text>
  );
}
