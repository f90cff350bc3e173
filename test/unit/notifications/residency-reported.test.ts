import { expect, test } from '@jest/globals';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';

const params = {
  stage: 'prod',
  week: '2026-11-16',
  sequence: 7,
  sha256: 'ab'.repeat(32),
  previousSha256: 'cd'.repeat(32),
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

async function mailOf(mailParams: object) {
  const rendering = await renderMail('residency.reported', mailParams, 'https://portal.example');
  if (rendering.outcome !== 'rendered') throw new Error(rendering.fault);
  return rendering.mail;
}

test('counts the assets outside the allowed regions in the subject', async () => {
  const { subject } = await mailOf(params);
  expect(subject).toBe('prod: residency report, week of 2026-11-16: 2 outside the allowed regions');
});

test('lists the status of each region and marks regions that are not reported', async () => {
  const { text } = await mailOf(params);

  expect(text).toContain(
    'Of 9 assets, 4 are inside the allowed regions and 2 are outside. ' +
      'For 3 the provider does not report a region.',
  );
  expect(text).toMatch(
    /s3\s+us-east-1\s+violation\s+2\s+mux\s+not reported by the provider\s+not reported\s+3/,
  );
});

test('contains the hashes of this report and of the previous one', async () => {
  const { text } = await mailOf(params);

  expect(text).toContain(`SHA-256 ${'ab'.repeat(32)}`);
  expect(text).toContain(`Previous report: ${'cd'.repeat(32)}`);
  expect((await mailOf({ ...params, previousSha256: null })).text).toContain(
    'This is the first report.',
  );
});
