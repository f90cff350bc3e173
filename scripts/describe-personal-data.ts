import { personalPlaces } from '../lambdas/catalog/privacy/personal-places.ts';

const START = '<!-- personal data: npm run docs -->';
const END = '<!-- end of personal data -->';

/** Returns docs/privacy.md with the table of lambdas/catalog/privacy/personal-places.ts. */
export function describePersonalData(page: string): string {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) throw new Error(`docs/privacy.md lacks ${START} or ${END}.`);
  const rows = Object.values(personalPlaces).map(
    ({ place, data, keptFor, why }) => `| ${place} | ${data} | ${keptFor} | ${why} |`,
  );
  const table = [
    '| place | personal data | kept for | why |',
    '| --- | --- | --- | --- |',
    ...rows,
  ];
  return `${page.slice(0, start)}${START}\n\n${table.join('\n')}\n\n${page.slice(end)}`;
}
