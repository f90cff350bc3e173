import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { findViolations, fitsWidth } from './browser.ts';

/** Each width in one scheme, and phones in both: colours do not depend on the width elsewhere. */
const looks = [
  { width: 360, colorScheme: 'light' },
  { width: 360, colorScheme: 'dark' },
  { width: 800, colorScheme: 'dark' },
  { width: 1_280, colorScheme: 'light' },
  { width: 1_600, colorScheme: 'dark' },
] as const;

type Look = (typeof looks)[number];

/**
 * Expects that the page at this place is accessible and fits at each width and in each scheme.
 * @param prepare runs in each look, for a page that depends on the width at its start.
 */
export async function expectEachLook(
  page: Page,
  place: string,
  prepare: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  for (const look of looks) {
    const name = `${look.width} pixels, ${look.colorScheme}`;
    await showLook(page, look);
    await prepare();
    expect([place, name, await findViolations(page)]).toEqual([place, name, []]);
    expect([place, name, await fitsWidth(page)]).toEqual([place, name, true]);
  }
}

const twoFrames = `new Promise((resolve) =>
  requestAnimationFrame(() => requestAnimationFrame(resolve)))`;

/** Changes the window, and waits until the layout, the colours and the charts have followed. */
async function showLook(page: Page, { width, colorScheme }: Look): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme });
  // The browser reports both changes in a frame; the charts are drawn again after the report.
  await page.evaluate(twoFrames);
  await page.waitForFunction(`innerWidth === ${width}
    && matchMedia('(prefers-color-scheme: ${colorScheme})').matches
    && [...document.querySelectorAll('.plot')].every((plot) =>
      plot.querySelector('.u-wrap')?.clientWidth === Math.max(120, plot.clientWidth))`);
}
