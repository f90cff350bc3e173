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
.chart p { margin: 0; overflow-wrap: anywhere; }
.chart .bar { display: flex; align-items: center; gap: 8px; margin-bottom: 10px; }
.bar span { box-sizing: border-box; flex: none; height: 16px; min-width: 2px; border-radius: 2px; }
.bar b { font-variant-numeric: tabular-nums; }
.bar .allowed { background: #1c6b42; }
.bar .violation {
  border: 1px solid #b3261e;
  background: repeating-linear-gradient(45deg, #f4c7c3 0 4px, #b3261e 4px 8px);
}
.bar .not-established {
  border: 1px solid #8a5a00;
  background: radial-gradient(circle, #5b6570 1.5px, #e3e6ea 2px) 0 0 / 6px 6px;
}
.bar [style="width:0%"] { display: none; }
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
td[data-name="Document"], td[data-name="Asset"] { overflow-wrap: anywhere; }
code { font: 13px/1.4 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
p { overflow-wrap: anywhere; }
@media screen and (max-width: 600px) {
  main { padding: 20px 16px 32px; }
  h1 { font-size: 24px; }
  thead { display: none; }
  table, tbody, tr { display: block; }
  tr { border-bottom: 1px solid #d5dbe1; padding: 8px 0; }
  td { display: flex; gap: 12px; border: 0; padding: 2px 0; overflow-wrap: anywhere; }
  td::before { content: attr(data-name); flex: none; width: 110px; color: #4a545e; }
  .number { text-align: left; white-space: normal; }
}
@page { size: A4; margin: 16mm 14mm; }
@media print {
  :root { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  section { overflow: visible; break-inside: auto; }
  p, .figures, .verdict, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  table { font-size: 9.5pt; }
  .figures { grid-template-columns: repeat(4, 1fr); }
  .figures div { padding: 8px 10px; }
  dd { font-size: 13pt; }
  thead { display: table-header-group; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
