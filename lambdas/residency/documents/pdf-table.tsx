import { Text, View } from '@react-pdf/renderer';
import type { ReactElement } from 'react';
import { pdfStyles } from './pdf-styles.ts';
import { pdfText } from './pdf-text.ts';

export interface PdfTableProps {
  readonly columns: readonly string[];
  /** Relative widths of the columns. */
  readonly weights: readonly number[];
  readonly rows: readonly (readonly string[])[];
  /** Index of the first column that is aligned as a number. */
  readonly firstNumber: number;
  /** Returns the colour of a cell, if it differs from the text's. */
  readonly colourOf?: (row: number, column: number) => string | undefined;
}

/** Renders a table whose head repeats on each page. A row never breaks between pages. */
export function PdfTable(props: PdfTableProps): ReactElement | null {
  const { columns, rows, colourOf = () => undefined } = props;
  if (rows.length === 0) return null;
  return (
    <View style={pdfStyles.table}>
      <View style={pdfStyles.tableHead} fixed>
        {columns.map((name, column) => (
          <Text key={name} style={[cellStyle(props, column), pdfStyles.quiet]}>
            {name}
          </Text>
        ))}
      </View>
      {rows.map((cells, row) => (
        <View key={cells.join('\u0000')} style={pdfStyles.row} wrap={false}>
          {cells.map((text, column) => {
            const colour = colourOf(row, column);
            return (
              <Text
                key={columns[column]}
                style={[
                  cellStyle(props, column),
                  colour === undefined ? {} : { color: colour, fontFamily: 'Helvetica-Bold' },
                ]}
              >
                {pdfText(text)}
              </Text>
            );
          })}
        </View>
      ))}
    </View>
  );
}

function cellStyle({ weights, firstNumber }: PdfTableProps, column: number) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    width: `${((weights[column] ?? 1) / total) * 100}%`,
    paddingRight: 6,
    textAlign: column >= firstNumber ? ('right' as const) : ('left' as const),
  };
}
