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

// The standard fonts of PDF need no font file, and every reader has them.
export const pdfStyles = StyleSheet.create({
  page: {
    fontFamily: 'Helvetica',
    fontSize: 9.5,
    color: '#14191e',
    paddingTop: 58,
    paddingBottom: 54,
    paddingHorizontal: 40,
  },
  header: {
    position: 'absolute',
    top: 24,
    left: 40,
    right: 40,
    flexDirection: 'row',
    justifyContent: 'space-between',
    fontSize: 8,
    color: grey,
    borderBottomWidth: 0.5,
    borderBottomColor: line,
    paddingBottom: 4,
  },
  footer: {
    position: 'absolute',
    bottom: 24,
    left: 40,
    right: 40,
    fontSize: 8,
    color: grey,
    textAlign: 'right',
  },
  title: { fontFamily: 'Helvetica-Bold', fontSize: 18, lineHeight: 1.2, marginBottom: 4 },
  heading: { fontFamily: 'Helvetica-Bold', fontSize: 12, marginTop: 16, marginBottom: 6 },
  // Not a style of the page: the renderer would give the page number no space.
  paragraph: { lineHeight: 1.4, marginBottom: 6 },
  strong: { fontFamily: 'Helvetica-Bold', fontSize: 11, marginBottom: 4 },
  quiet: { fontSize: 8.5, lineHeight: 1.4, color: grey },
  verdict: { borderLeftWidth: 4, paddingVertical: 8, paddingHorizontal: 12, marginVertical: 14 },
  figures: { flexDirection: 'row', gap: 8 },
  figure: { flexGrow: 1, flexBasis: 0, borderWidth: 0.5, borderColor: line, padding: 8 },
  figureValue: { fontFamily: 'Helvetica-Bold', fontSize: 12 },
  table: { marginTop: 2 },
  tableHead: {
    flexDirection: 'row',
    borderBottomWidth: 0.5,
    borderBottomColor: grey,
    paddingVertical: 3,
  },
  row: {
    flexDirection: 'row',
    borderBottomWidth: 0.5,
    borderBottomColor: line,
    paddingVertical: 3,
  },
  code: { fontFamily: 'Courier', fontSize: 8.5 },
});
