import { StyleSheet } from '@react-pdf/renderer';
import type { Verdict } from '../summarize.ts';

/** Same colours as in report-styles.ts. */
export const verdictColours: Readonly<
  Record<Verdict, { readonly border: string; readonly background: string }>
> = {
  allowed: { border: '#1c6b42', background: '#eef7f1' },
  violation: { border: '#b3261e', background: '#fdf1f0' },
  'not established': { border: '#8a5a00', background: '#fdf6e7' },
};

const line = '#d5dbe1';
const grey = '#4a545e';
const A4_WIDTH = 595.28;
const MARGIN = 40;
const VERDICT_PADDING = 12;
const VERDICT_BORDER = 4;
const FIGURE_PADDING = 8;
const FIGURE_BORDER = 0.5;
const FIGURE_GAP = 8;
const FIGURES = 4;

/** Width of the text between the margins of the page, in points. */
export const pageWidth = A4_WIDTH - 2 * MARGIN;
export const verdictWidth = pageWidth - VERDICT_BORDER - 2 * VERDICT_PADDING;
export const figureWidth =
  (pageWidth - (FIGURES - 1) * FIGURE_GAP) / FIGURES - 2 * (FIGURE_PADDING + FIGURE_BORDER);

export const tableMargin = 2;
export const rowPadding = 3;
export const rowBorder = 0.5;
/** Space between a cell's text and the next column. */
export const cellPadding = 6;

// The standard fonts of PDF need no font file, and every reader has them. Every style with a line
// height has its own font size: the renderer multiplies the height by 18 points otherwise.
const regular = { fontFamily: 'Helvetica' } as const;
const bold = { fontFamily: 'Helvetica-Bold' } as const;

/** Styles of texts. */
export const textStyles = {
  title: { ...bold, fontSize: 18, lineHeight: 1.2, marginBottom: 4 },
  heading: { ...bold, fontSize: 12, lineHeight: 1.3, marginTop: 16, marginBottom: 6 },
  paragraph: { ...regular, fontSize: 9.5, lineHeight: 1.4, marginBottom: 6 },
  verdict: { ...bold, fontSize: 11, lineHeight: 1.3, marginBottom: 4 },
  quiet: { ...regular, fontSize: 8.5, lineHeight: 1.4, color: grey },
  figure: { ...bold, fontSize: 12, lineHeight: 1.3 },
  cell: { ...regular, fontSize: 9.5, lineHeight: 1.3 },
  strongCell: { ...bold, fontSize: 9.5, lineHeight: 1.3 },
  code: { fontFamily: 'Courier', fontSize: 8.5, lineHeight: 1.4 },
} as const;

/** Families that must be loaded before a text is measured. */
export const fontFamilies: readonly string[] = [regular.fontFamily, bold.fontFamily];

/** Styles of boxes, and of the page's header and footer. */
export const pdfStyles = StyleSheet.create({
  page: {
    fontFamily: 'Helvetica',
    fontSize: 9.5,
    color: '#14191e',
    paddingTop: 58,
    paddingBottom: 54,
    paddingHorizontal: MARGIN,
  },
  header: {
    position: 'absolute',
    top: 24,
    left: MARGIN,
    right: MARGIN,
    flexDirection: 'row',
    justifyContent: 'space-between',
    borderBottomWidth: 0.5,
    borderBottomColor: line,
    paddingBottom: 4,
  },
  footer: {
    position: 'absolute',
    bottom: 24,
    left: MARGIN,
    right: MARGIN,
    fontSize: 8,
    color: grey,
    textAlign: 'right',
  },
  verdict: {
    borderLeftWidth: VERDICT_BORDER,
    paddingVertical: 8,
    paddingHorizontal: VERDICT_PADDING,
    marginVertical: 14,
  },
  figures: { flexDirection: 'row', gap: FIGURE_GAP },
  figure: {
    flexGrow: 1,
    flexBasis: 0,
    borderWidth: FIGURE_BORDER,
    borderColor: line,
    padding: FIGURE_PADDING,
  },
  table: { marginTop: tableMargin },
  tableHead: {
    flexDirection: 'row',
    borderBottomWidth: rowBorder,
    borderBottomColor: grey,
    paddingVertical: rowPadding,
  },
  row: { flexDirection: 'row' },
  rowStart: { paddingTop: rowPadding },
  rowEnd: {
    borderBottomWidth: rowBorder,
    borderBottomColor: line,
    paddingBottom: rowPadding,
  },
});
