import { expect, test } from '@jest/globals';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';

const params = {
  ...{
    stage: 'prod',
    week: '2026-11-16',
    sequence: 7,
    sha256: 'ab'.repeat(32),
    previousSha256: 'cd'.repeat(32),
  },
  totals: { assets: 9, allowed: 4, violations: 2, notReported: 3 },
  rows: [
    { provider: 's3', region: 'us-east-1', standing: 'violation', assets: 2 },
    { provider: 'mux', region: null, standing: 'not-reported', assets: 3 },
    { provider: 's3', region: 'ap-southeast-2', standing: 'allowed', assets: 4 },
  ],
  attachments: [
    { filename: 'residency-2026-11-16.html', contentType: 'text/html', content: '<p>' },
  ],
};

async function mailOf(given: object) {
  const rendering = await renderMail('residency.reported', given, 'https://portal.example');
  if (rendering.outcome !== 'rendered') throw new Error(rendering.fault);
  return rendering.mail;
}

test('the subject says how many assets are where they may not be', async () => {
  const { subject } = await mailOf(params);
  expect(subject).toBe('prod: residency report, week of 2026-11-16: 2 outside the allowed regions');
});

test('the summary says of each region what it is, and of none what nobody reported', async () => {
  const { text } = await mailOf(params);

  expect(text).toContain(
    'Of 9 assets, 4 are in the allowed regions, 2 outside, and of 3 the provider does not report a region.',
  );
  expect(text).toMatch(
    /s3\s+us-east-1\s+violation\s+2\s+mux\s+not reported by the provider\s+not reported\s+3/,
  );
});

test('the hashes of this report and of the one before are in the mail, which nobody can change afterwards', async () => {
  const { text } = await mailOf(params);

  expect(text).toContain(`SHA-256 ${'ab'.repeat(32)}`);
  expect(text).toContain(`after ${'cd'.repeat(32)}`);
  expect((await mailOf({ ...params, previousSha256: null })).text).toContain('the first report');
});
