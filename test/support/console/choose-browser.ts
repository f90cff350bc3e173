const paths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export type BrowserChoice =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing'; readonly message: string }
  | { readonly kind: 'skipped'; readonly message: string };

/** Finds Chromium. Its absence fails the tests if `REQUIRE_BROWSER` is 1, and skips them if not. */
export function chooseBrowser(
  environment: Readonly<Record<string, string | undefined>>,
  exists: (path: string) => boolean,
): BrowserChoice {
  const candidates = [environment['CHROMIUM_PATH'] ?? '', ...paths].filter(Boolean);
  const path = candidates.find(exists);
  if (path !== undefined) return { kind: 'found', path };
  const looked = `No Chromium at ${candidates.join(', ')}.`;
  return environment['REQUIRE_BROWSER'] === '1'
    ? { kind: 'missing', message: `${looked} REQUIRE_BROWSER=1 requires one.` }
    : {
        kind: 'skipped',
        message: `${looked} Console tests are skipped: install chromium, or set CHROMIUM_PATH.`,
      };
}
