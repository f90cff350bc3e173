import { expect } from '@jest/globals';
import { htmlReport } from '../../lambdas/residency/documents/html-report.ts';
import {
  BROWSER_MS,
  findViolations,
  fitsWidth,
  inBrowser,
  useBrowser,
} from '../support/console/browser.ts';
import { aGroup, someFacts } from '../support/residency/facts.ts';

const openPage = useBrowser();
const long = 'x'.repeat(120);
const page = htmlReport(
  someFacts([aGroup({ assets: 12_345 }), aGroup({ region: long, provider: 'mux' })], {
    misplaced: [{ assetId: long, provider: 'mux', region: long, basis: 'reported', bytes: 1 }],
  }),
);

inBrowser(
  'a residency report is legible on a phone: nothing is cut off, no text is small',
  async () => {
    const viewport = { width: 360, height: 740 };
    const opened = await openPage(`data:text/html,${encodeURIComponent(page)}`, { viewport });
    const measured = await opened.page.evaluate<{ readonly sizes: number[]; cut: string[] }>(`({
      sizes: [...document.querySelectorAll('.chart p, .chart b, .chart span, td')]
        .map((one) => parseFloat(getComputedStyle(one).fontSize)),
      cut: [...document.querySelectorAll('main *')]
        .filter((one) => one.getBoundingClientRect().right > 361).map((one) => one.outerHTML),
    })`);

    expect(await fitsWidth(opened.page)).toBe(true);
    expect(measured.cut).toEqual([]);
    expect(measured.sizes.length).toBeGreaterThan(20);
    expect(Math.min(...measured.sizes)).toBeGreaterThanOrEqual(13);
    expect(await findViolations(opened.page)).toEqual([]);
    await opened.close();
  },
  BROWSER_MS,
);
