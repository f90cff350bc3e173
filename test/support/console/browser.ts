import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { chooseBrowser } from './choose-browser.ts';

const choice = chooseBrowser(process.env, existsSync);

/** `test` in a browser: fails or skips without one, as `chooseBrowser` decides. */
export const inBrowser: typeof test = choice.kind === 'skipped' ? (test.skip as never) : test;

/** A test in a browser starts processes and waits for a page on a busy machine. */
export const BROWSER_MS = 90_000;

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-sync',
];

/** Opens one browser for a test file. */
export function useBrowser() {
  let browser: Browser | undefined;

  beforeAll(async () => {
    if (choice.kind === 'found')
      browser = await chromium.launch({ executablePath: choice.path, args: ARGUMENTS });
    else if (choice.kind === 'missing') throw new Error(choice.message);
    else console.warn(choice.message);
  }, BROWSER_MS);
  afterAll(() => browser?.close());

  /** Opens a page whose script errors fail the test. */
  return async function openPage(
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<OpenedPage> {
    if (browser === undefined) throw new Error('No browser runs.');
    const context = await browser.newContext({
      viewport: { width: 1_280, height: 800 },
      ...options,
    });
    context.setDefaultTimeout(BROWSER_MS / 2);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(url);
    return {
      page,
      problems,
      async close() {
        await context.close();
        expect(problems).toEqual([]);
      },
    };
  };
}

export interface OpenedPage {
  readonly page: Page;
  /** Errors that the page's script reported, and violations of the security policy. */
  readonly problems: string[];
  close(): Promise<void>;
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface AxeViolation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Lists what axe-core finds on a page; an empty list means that the page is accessible. */
export async function findViolations(page: Page): Promise<readonly string[]> {
  // Evaluated through the debugger, because the policy of the page allows no other script.
  if (await page.evaluate(`typeof axe === 'undefined'`)) await page.evaluate(readAxe());
  const violations = await page.evaluate<readonly AxeViolation[]>(
    `axe.run(document, { iframes: false, resultTypes: ['violations'] })
      .then(({ violations }) => violations)`,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html} ${failureSummary}`),
  );
}

let axe: string | undefined;

function readAxe(): string {
  axe ??= readFileSync(axePath, 'utf8');
  return axe;
}

/** Returns true if nothing is wider than the window. */
export const fitsWidth = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth <= window.innerWidth');
