import { beforeAll, expect, test } from '@jest/globals';
import { metricFamilies } from '../../lambdas/catalog/metrics.ts';
import { dataIdentifiers } from '../../lib/data-identifiers.ts';
import { emittedBy, familiesOf, keysOf, watchedKeys } from '../support/emitted-metrics.ts';
import { eventually } from '../support/eventually.ts';
import { everyBody } from '../support/fixtures.ts';
import { useLocal, waitForEmptyQueues } from '../support/local.ts';
import {
  runEveryOperatorCommand,
  sendEveryPortalRequest,
} from '../support/privacy/command-traffic.ts';
import {
  postUnknownBounceType,
  postWithoutSecret,
  requestRateLimitedMail,
  requestSuppressedMail,
  requestUnsendableMail,
  runEveryJob,
  stopPostgresDuringTraffic,
} from '../support/privacy/failure-traffic.ts';
import { forbid, type LogLine, makePrivacyRun, toLogLine } from '../support/privacy/privacy-run.ts';
import { privateTextsIn, signatureShapes } from '../support/privacy/private-texts.ts';
import {
  forbidKnownTexts,
  postEveryBody,
  postEveryInvalidBody,
} from '../support/privacy/webhook-traffic.ts';

const local = useLocal({
  // Scales the visibility timeout of 3 min to 6 s. While Postgres is stopped, a batch occupies its
  // processor for unscaled 4 s; a shorter timeout would return its messages twice.
  timeScale: 1 / 30,
  onLine: (functionName, text) => lines.push(toLogLine(functionName, text)),
});
const run = makePrivacyRun(local);
const { lines, forbidden, acceptedIds } = run;

const TRAFFIC_MS = 180_000;

beforeAll(async () => {
  forbidKnownTexts(run);
  await postEveryBody(run);
  await postEveryInvalidBody(run);
  await sendEveryPortalRequest(run);
  await waitForEmptyQueues(local());
  await runEveryOperatorCommand(run);
  await requestUnsendableMail(run);
  await requestRateLimitedMail(run);
  await requestSuppressedMail(run);
  await postUnknownBounceType(run);
  await postWithoutSecret(run);
  await runEveryJob(run);
  await stopPostgresDuringTraffic(run);
  await waitForEmptyQueues(local());
  // A function's answer can come before its lines.
  await eventually(
    () => auditLines(/^Event /).length,
    (count) => count >= acceptedIds.length,
  );
  const { rows } = await local().pool.query(
    `select playback_url as url from portal.assets where playback_url is not null`,
  );
  for (const { url } of rows) forbid(run, ...privateTextsIn(url));
}, TRAFFIC_MS);

test('every function has written log lines and metrics', () => {
  const silent = local()
    .functions.all.map(({ name }) => name)
    .filter((name) => !lines.some(({ functionName }) => functionName === name));
  // The widgets log failures only, and none happened.
  expect(silent.sort()).toEqual(['OperationsEventsWidget', 'OperationsReplayWidget']);
  expect(lines.filter(({ fields }) => '_aws' in fields).length).toBeGreaterThan(20);
  expect(lines.filter(({ fields }) => fields['level'] === 'ERROR').length).toBeGreaterThan(2);
});

test('no log line has a mail address, token, secret, signature or signed URL', () => {
  const leaks = lines.flatMap(({ functionName, text }) => [
    ...[...forbidden]
      .filter((one) => text.includes(one))
      .map((leaked) => ({ functionName, leaked, text })),
    ...signatureShapes
      .filter((shape) => shape.test(text))
      .map((shape) => ({ functionName, leaked: String(shape), text })),
  ]);
  expect(forbidden.size).toBeGreaterThan(40);
  expect(leaks).toEqual([]);
});

test('the data protection policy of CloudWatch finds nothing that our redaction missed', () => {
  const findings = lines.flatMap(({ functionName, text }) =>
    Object.entries(dataIdentifiers).flatMap(([identifier, pattern]) => {
      const found = new RegExp(pattern).exec(text)?.[0];
      return found === undefined ? [] : [{ functionName, identifier, found }];
    }),
  );
  expect(findings).toEqual([]);
});

const emitted = () => lines.flatMap(({ fields }) => emittedBy(fields) ?? []);

test('every line of metrics belongs to a family of lambdas/catalog/metrics.ts', () => {
  const unknown = emitted().filter((line) => familiesOf(line).length === 0);
  const sent = new Set(emitted().flatMap(familiesOf));
  expect(unknown).toEqual([]);
  expect(Object.keys(metricFamilies).filter((name) => !sent.has(name))).toEqual([]);
});

test('every metric that an alarm watches is emitted with the same dimensions', async () => {
  const sent = new Set(emitted().flatMap(keysOf));
  const watched = await watchedKeys();
  expect(watched.length).toBeGreaterThan(25);
  expect(watched.filter(([key]) => !sent.has(key))).toEqual([]);
  // Synthesis takes up to a minute if the sources have changed since the start.
});

/** Returns final audit lines of accepted deliveries; a retry or a postponement is not final. */
const auditLines = (message: RegExp) =>
  lines.filter(
    ({ fields }) =>
      message.test(String(fields['message'])) &&
      acceptedIds.includes(String(fields['eventId'])) &&
      !['retried', 'postponed'].includes(String(fields['outcome'])),
  );

test('every accepted delivery has one audit line, and its event another, with the payload', () => {
  const idsOf = (some: readonly LogLine[]) =>
    some.map(({ fields }) => String(fields['eventId'])).sort();
  expect(acceptedIds.length).toBeGreaterThan(20);
  expect(idsOf(auditLines(/^Delivery /))).toEqual([...acceptedIds].sort());
  expect(idsOf(auditLines(/^Event /))).toEqual([...acceptedIds].sort());
  for (const { fields } of auditLines(/^(Delivery|Event) ./)) {
    expect(fields['code'] ?? fields['outcome']).toMatch(/^[a-z-]+$/);
    expect(fields).toHaveProperty('payload');
  }
});

test('every forged delivery has one audit line, without its payload and event id', () => {
  const rejected = lines.filter(({ fields }) => fields['code'] === 'signature-mismatch');
  expect(rejected).toHaveLength(everyBody().length);
  expect(rejected.filter(({ fields }) => 'payload' in fields || 'eventId' in fields)).toEqual([]);
});

test('verifier, processor and sender log the same event id', () => {
  const sent = lines.find(
    ({ fields }) => fields['outcome'] === 'sent' && acceptedIds.includes(String(fields['eventId'])),
  );
  const functionNames = lines
    .filter(({ fields }) => fields['eventId'] === sent?.fields['eventId'])
    .map(({ functionName }) => functionName);
  expect(new Set(functionNames)).toEqual(
    new Set(
      [/Verifier/, /Processor/, /Sender/].map(
        (role) => functionNames.find((name) => role.test(name)) ?? String(role),
      ),
    ),
  );
});

test('log lines keep the domain of an address, to show which mail provider fails', () => {
  expect(lines.some(({ text }) => text.includes('***@members.example'))).toBe(true);
});
