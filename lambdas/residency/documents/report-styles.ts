/** Styles of the HTML report. Light colours only, because the report is printed and filed. */
export const styles = `
:root {
  color-scheme: light;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif;
  color: #14191e;
}
body { margin: 0; background: #fff; }
main { max-width: 880px; margin: 0 auto; padding: 32px 20px 48px; }
h1 { font-size: 28px; line-height: 1.2; margin: 4px 0 8px; }
h2 { font-size: 18px; margin: 32px 0 12px; }
p { margin: 0 0 12px; }
.quiet { color: #4a545e; font-size: 14px; margin: 0; }
.verdict { border-left: 6px solid; padding: 12px 16px; margin: 24px 0; background: #f4f6f8; }
.verdict.allowed { border-color: #1c6b42; background: #eef7f1; }
.verdict.violation { border-color: #b3261e; background: #fdf1f0; }
.verdict.not-established { border-color: #8a5a00; background: #fdf6e7; }
td.allowed { color: #1c6b42; }
td.violation { color: #b3261e; font-weight: 600; }
td.not-established { color: #8a5a00; font-weight: 600; }
.figures {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(140px, 1fr));
  gap: 12px;
  margin: 0;
}
.figures div { border: 1px solid #d5dbe1; border-radius: 6px; padding: 10px 14px; }
dt { font-size: 13px; color: #4a545e; }
dd { margin: 0; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-size: 14px; fill: #14191e; }
svg .verdict-text { fill: #4a545e; font-size: 12px; }
svg .value { font-variant-numeric: tabular-nums; font-weight: 600; }
svg .allowed { fill: #1c6b42; }
svg .violation { fill: url(#stripes); stroke: #b3261e; }
svg .not-established { fill: url(#dots); stroke: #8a5a00; }
section { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td {
  text-align: left;
  padding: 6px 12px 6px 0;
  border-bottom: 1px solid #d5dbe1;
  vertical-align: top;
}
th { font-size: 13px; color: #4a545e; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font: 13px/1.4 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
@page { size: A4; margin: 16mm 14mm; }
@media print {
  :root { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  section { overflow: visible; break-inside: auto; }
  svg, .figures, .verdict, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  table { font-size: 9.5pt; }
  td { overflow-wrap: normal; }
  .figures { grid-template-columns: repeat(4, 1fr); }
  .figures div { padding: 8px 10px; }
  dd { font-size: 13pt; }
  thead { display: table-header-group; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
