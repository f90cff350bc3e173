import { expect, test } from '@jest/globals';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';

const params = {
  stage: 'prod',
  week: '2026-11-16',
  sequence: 7,
  sha256: 'ab'.repeat(32),
  previousSha256: 'cd'.repeat(32),
  publicKeySha256: 'ef'.repeat(32),
  verdict: 'violation',
  finding:
    'Violation: 2 assets outside the allowed regions, and the region of 3 assets is unknown.',
  basis: 'Of 9 assets, the provider reports the region of 6 (66.7%).',
  rows: [
    { provider: 's3', region: 'us-east-1', basis: 'reported', verdict: 'violation', assets: 2 },
    { provider: 'mux', region: 'unknown', basis: 'unknown', verdict: 'not established', assets: 3 },
    { provider: 's3', region: 'ap-southeast-2', basis: 'declared', verdict: 'allowed', assets: 4 },
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

test.each([
  ['allowed', '#1c6b42'],
  ['violation', '#b3261e'],
  ['not established', '#8a5a00'],
])('states the verdict %s in the subject and in its colour', async (verdict, colour) => {
  const { subject, html } = await mailOf({ ...params, verdict });

  expect(subject).toBe(`prod: residency report, week of 16 Nov 2026: ${verdict}`);
  expect(html).toContain(`border-left:6px solid ${colour}`);
});

test('states the finding, the origin of the regions and the verdict of each region', async () => {
  const { text } = await mailOf(params);

  expect(text).toContain(params.finding);
  expect(text).toContain(params.basis);
  expect(text).toMatch(
    /s3\s+us-east-1\s+reported\s+violation\s+2\s+mux\s+unknown\s+unknown\s+not established\s+3/,
  );
});

test('contains the hashes of this report, of the previous one and of the public key', async () => {
  const { text } = await mailOf(params);

  expect(text).toContain(`SHA-256 of report.json: ${'ab'.repeat(32)}`);
  expect(text).toContain(`Previous report: ${'cd'.repeat(32)}`);
  expect(text).toContain(`SHA-256 of the public key: ${'ef'.repeat(32)}`);
  expect((await mailOf({ ...params, previousSha256: null })).text).toContain(
    'This is the first report.',
  );
});
