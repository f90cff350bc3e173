import { providers } from '../../lambdas/catalog/providers.ts';

const [provider] = providers;
const assetId = '20000000-0000-4000-8000-000000000001';
const HASH = 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9';

/** A member's and a provider's texts that a template must show. */
export interface SampleTexts {
  readonly title: string | null;
  readonly name: string | null;
  readonly address: string;
  readonly reason: string;
}

/** Texts by sample. The hostile ones try to break the layout, the markup and the subject. */
export const sampleTexts: Readonly<Record<string, SampleTexts>> = {
  usual: {
    title: 'Bathurst highlights',
    name: 'Ada Lovelace',
    address: 'ada.lovelace@example.com',
    reason: 'The file has no video track.',
  },
  missing: { title: null, name: null, address: 'a@b.example', reason: '' },
  long: {
    title: `Highlights ${'of the season '.repeat(30)}`,
    name: 'Maximiliana-Theodora '.repeat(8),
    address: `${'very-long-mailbox-name'.repeat(3)}@${'subdomain.'.repeat(10)}example.com`,
    reason: 'W'.repeat(400),
  },
  hostile: {
    title: '</td><script>alert(1)</script>" onclick="x" &lt;\r\nBcc: all@example.com',
    name: '<img src=x onerror=alert(1)>',
    address: `"'; rm -rf / #"@example.com`,
    reason: '\u202Egnp.exe </p></table><style>*{display:none}</style>',
  },
  'right to left': {
    title: 'מופע הקיץ 2026',
    name: 'فاطمة',
    address: 'user@example.com',
    reason: 'الملف تالف',
  },
};

const time = (hour: number) => `2026-11-28T${String(hour).padStart(2, '0')}:15:00.000Z`;
const idOf = (index: number) => `${assetId.slice(0, -1)}${index}`;
const many = <Row>(count: number, row: (index: number) => Row): readonly Row[] =>
  Array.from({ length: count }, (_, index) => row(index));

/** Params of a notification by kind. A test fails for a template without a sample. */
export const mailSamples: Readonly<Record<string, (texts: SampleTexts) => unknown>> = {
  'asset.ready': ({ title }) => ({ assetId, title, durationSeconds: 205.3 }),
  'asset.cancelled': ({ title, reason }) => ({ assetId, title, reason }),
  'asset.failed': ({ title, reason }) => ({ assetId, title, reason }),
  'asset.failed.admin': ({ title, reason, name }) => ({ assetId, title, reason, ownerName: name }),
  'address.suppressed': ({ address, reason }) => ({
    address,
    reason: 'permanent-bounces',
    lastAnswer: reason,
    stage: 'prod',
  }),
  'invitations.expired': ({ address, name }) => ({
    total: 1_212,
    listCommand: 'npm run ops -- invitations list --status expired --stage prod',
    invitations: many(3, (index) => ({
      email: address,
      invitedBy: name,
      issuedAt: time(index),
      reissueCommand: `npm run ops -- invitations reissue ${idOf(index)} --stage prod`,
    })),
  }),
  'residency.reported': ({ name }) => ({
    stage: 'prod',
    week: '2026-11-23',
    sequence: 1_048,
    sha256: HASH,
    previousSha256: HASH,
    publicKeySha256: HASH,
    verdict: 'violation',
    finding:
      'Violation: 2 assets outside the allowed regions, and the region of 82 assets is unknown.',
    basis: 'Of 1,284 assets, the provider reports the region of 1,202 (93.6%).',
    rows: [
      { provider, region: name ?? '', basis: 'reported', verdict: 'violation', assets: 2 },
      { provider, region: 'unknown', basis: 'unknown', verdict: 'not established', assets: 82 },
      { provider, region: 'ap-southeast-2', basis: 'declared', verdict: 'allowed', assets: 1_200 },
    ],
    attachments: [{ filename: 'report.csv', contentType: 'text/csv', content: 'a,b\n' }],
  }),
  'secrets.due': () => ({
    stage: 'prod',
    secrets: providers.map((provider, index) => ({
      provider,
      overdue: index === 1,
      ageDays: 85 + index * 10,
      rotatedAt: time(index),
      alarmAt: time(index + 5),
      command: `npm run ops -- secrets rotate ${provider} --stage prod`,
    })),
  }),
  'share-links.digest': ({ name }) => ({
    runAt: time(14),
    links: 2_003,
    owners: 1_040,
    top: many(5, (index) => ({ name: name ?? '', links: 400 - index })),
  }),
  'share-links.expired': ({ title }) => ({
    total: 1_012,
    links: many(3, (index) => ({ assetId, label: title, title, expiresAt: time(index) })),
  }),
  'webhooks.exhausted': ({ reason }) => ({
    stage: 'prod',
    total: 2_003,
    listCommand: 'npm run ops -- events list --status exhausted --stage prod',
    groups: many(2, (index) => ({
      provider,
      events: 2_000 - index * 1_997,
      error: `unreadable-event: ${reason}`,
      replayCommand:
        `npm run ops -- events replay --provider p --status exhausted --code E${index} ` +
        "--reason 'The cause is fixed' --stage prod",
    })),
    events: many(10, (index) => ({
      provider,
      type: 'video.asset.ready',
      eventId: idOf(index),
      age: '3 h',
      error: `unreadable-event: ${reason}`,
      replayCommand: `npm run ops -- events replay --provider p --event ${index} --stage prod`,
    })),
  }),
  'webhooks.waiting': ({ reason }) => ({
    stage: 'prod',
    total: 3_031,
    faults: [
      {
        providers: providers.join(', '),
        events: 3_031,
        oldest: '2 h',
        error: `53100: ${reason}`,
        listCommand: 'npm run ops -- events list --status failed --code 53100 --stage prod',
      },
    ],
  }),
};
