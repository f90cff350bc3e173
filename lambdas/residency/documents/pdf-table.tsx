import { Text, View } from '@react-pdf/renderer';
import type { ReactElement } from 'react';
import { fitWords } from './fit-words.ts';
import { cellPadding, pdfStyles, textStyles } from './pdf-styles.ts';
import {
  type CellStyle,
  cellStyle,
  columnWidth,
  headCells,
  type PdfTableProps,
  type RowPart,
  rowParts,
} from './pdf-table-layout.ts';

/** Renders a table whose head repeats on each page. Only a high row breaks between pages. */
export function PdfTable(props: PdfTableProps): ReactElement | null {
  if (props.rows.length === 0) return null;
  return (
    <View style={pdfStyles.table}>
      <View style={pdfStyles.tableHead} fixed>
        {headCells(props).map((lines, column) => (
          <Cell
            key={props.columns[column]}
            table={props}
            column={column}
            style={textStyles.quiet}
            lines={lines}
          />
        ))}
      </View>
      {rowParts(props).map((part) => (
        <Part key={part.key} table={props} part={part} />
      ))}
    </View>
  );
}

interface PartProps {
  readonly table: PdfTableProps;
  readonly part: RowPart;
}

function Part({ table, part: { row, cells, isFirst, isLast } }: PartProps): ReactElement {
  const edges = [isFirst ? pdfStyles.rowStart : {}, isLast ? pdfStyles.rowEnd : {}];
  return (
    <View style={[pdfStyles.row, ...edges]} wrap={false}>
      {cells.map((lines, column) => (
        <Cell
          key={table.columns[column]}
          table={table}
          column={column}
          style={cellStyle(table, row, column)}
          lines={lines}
        />
      ))}
    </View>
  );
}

interface CellProps {
  readonly table: PdfTableProps;
  readonly column: number;
  readonly style: CellStyle;
  readonly lines: readonly string[];
}

function Cell({ table, column, style, lines }: CellProps): ReactElement {
  const width = columnWidth(table, column);
  const textAlign = column >= table.firstNumber ? ('right' as const) : ('left' as const);
  return (
    <Text
      style={{ ...style, width, paddingRight: cellPadding, textAlign }}
      hyphenationCallback={fitWords(width - cellPadding, style)}
    >
      {lines.join('\n')}
    </Text>
  );
}
