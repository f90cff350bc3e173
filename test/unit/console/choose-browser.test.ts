import { expect, test } from '@jest/globals';
import { chooseBrowser } from '../../support/console/choose-browser.ts';

const nowhere = () => false;

test('uses the browser that the environment names, and else the first that exists', () => {
  expect(chooseBrowser({ CHROMIUM_PATH: '/opt/chromium' }, () => true)).toEqual({
    kind: 'found',
    path: '/opt/chromium',
  });
  expect(chooseBrowser({}, (path) => path === '/usr/bin/google-chrome')).toEqual({
    kind: 'found',
    path: '/usr/bin/google-chrome',
  });
});

test('a missing browser fails where one is required, and skips with a message elsewhere', () => {
  expect(chooseBrowser({ REQUIRE_BROWSER: '1' }, nowhere)).toMatchObject({ kind: 'missing' });
  expect(chooseBrowser({}, nowhere)).toMatchObject({
    kind: 'skipped',
    message: expect.stringContaining('CHROMIUM_PATH'),
  });
});
