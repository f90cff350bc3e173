import { breakLines } from './break-lines.ts';
import type { TextFont } from './fit-words.ts';
import {
  cellPadding,
  pageWidth,
  rowBorder,
  rowPadding,
  tableMargin,
  textStyles,
} from './pdf-styles.ts';
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

/** Lines of a row that stay together on a page. */
export interface RowPart {
  readonly key: string;
  readonly row: number;
  /** Lines of each cell. */
  readonly cells: readonly (readonly string[])[];
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

// The renderer cannot show a box that is higher than a page: it loses its end. A page has 56
// lines of a row, so a part is at most a third of a page.
const PART_LINES = 18;

export interface CellStyle extends TextFont {
  readonly lineHeight: number;
  readonly color?: string;
}

/** Returns the style of a cell's text. A coloured text is also bold. */
export function cellStyle(props: PdfTableProps, row: number, column: number): CellStyle {
  const color = props.colourOf?.(row, column);
  return color === undefined ? textStyles.cell : { ...textStyles.strongCell, color };
}

/** Returns the width of a column in points, its padding included. */
export function columnWidth({ weights }: PdfTableProps, column: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return ((weights[column] ?? 1) / total) * pageWidth;
}

/** Breaks the names of the columns into lines. */
export const headCells = (props: PdfTableProps): readonly (readonly string[])[] =>
  props.columns.map((name, column) => cellLines(props, column, name, textStyles.quiet));

/** Splits each row that is higher than a third of a page into parts. */
export const rowParts = (props: PdfTableProps): readonly RowPart[] =>
  props.rows.flatMap((_, row) => partsOf(props, row));

function partsOf(props: PdfTableProps, row: number): readonly RowPart[] {
  const texts = props.rows[row] ?? [];
  const cells = texts.map((text, column) =>
    cellLines(props, column, text, cellStyle(props, row, column)),
  );
  const count = Math.ceil(heightInLines(cells) / PART_LINES);
  return Array.from({ length: count }, (_, part) => ({
    key: `${row}-${part}`,
    row,
    cells: cells.map((lines) => lines.slice(part * PART_LINES, (part + 1) * PART_LINES)),
    isFirst: part === 0,
    isLast: part === count - 1,
  }));
}

/** Returns the height of the head and of the first part of the first row, in points. */
export function startHeight(props: PdfTableProps): number {
  const [first] = props.rows.length === 0 ? [] : partsOf(props, 0);
  if (first === undefined) return 0;
  return (
    tableMargin +
    heightInLines(headCells(props)) * lineHeight(textStyles.quiet) +
    heightInLines(first.cells) * lineHeight(textStyles.cell) +
    2 * (2 * rowPadding + rowBorder)
  );
}

const cellLines = (props: PdfTableProps, column: number, text: string, style: CellStyle) =>
  breakLines(pdfText(text), columnWidth(props, column) - cellPadding, style);

const heightInLines = (cells: readonly (readonly string[])[]) =>
  Math.max(...cells.map((lines) => lines.length));

const lineHeight = (style: CellStyle) => style.fontSize * style.lineHeight;
