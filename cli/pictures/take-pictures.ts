import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { UserError } from '../../local/user-error.ts';

export interface Picture {
  /** Name of the file without its ending. */
  readonly name: string;
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
  /** True to include what is below the window. */
  readonly fullPage: boolean;
}

export interface PictureOptions {
  readonly folder: string;
  readonly browser: string;
  /** Address that starts the session of the browser. */
  readonly login: string;
  readonly report: (path: string) => void;
}

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'];

/** Time for images of charts to be drawn after their data arrived. */
const DRAW_MS = 700;

/** Opens each page in Chromium and writes a PNG of it. */
export async function takePictures(
  pictures: readonly Picture[],
  { folder, browser: executablePath, login, report }: PictureOptions,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const browser = await launch(executablePath);
  try {
    for (const picture of pictures) {
      const path = join(folder, `${picture.name}.png`);
      await takePicture(browser, picture, login, path);
      report(path);
    }
  } finally {
    await browser.close();
  }
}

async function launch(executablePath: string): Promise<Browser> {
  try {
    return await chromium.launch({ executablePath, args: ARGUMENTS });
  } catch (error) {
    throw new UserError(
      `Chromium does not start at ${executablePath}. Install it, or set CHROMIUM_PATH.`,
      { cause: error },
    );
  }
}

async function takePicture(
  browser: Browser,
  { url, width, height, scheme, fullPage }: Picture,
  login: string,
  path: string,
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale: 'en-AU',
    timezoneId: 'Australia/Sydney',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(login);
  await page.goto(url);
  await page.locator('main h1').waitFor();
  await page.locator('.loading, .charts-loading').first().waitFor({ state: 'detached' });
  await page.waitForTimeout(DRAW_MS);
  await page.screenshot({ path, fullPage, animations: 'disabled' });
  await context.close();
}
