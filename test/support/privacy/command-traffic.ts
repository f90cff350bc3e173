import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { makeRunCommand, type OperationResult } from '../../../cli/ops/operations-client.ts';
import type { CommandName } from '../../../lambdas/catalog/operator-commands.ts';
import { providers, webhookPath } from '../../../lambdas/catalog/providers.ts';
import { eventually } from '../eventually.ts';
import { functionNamed } from '../local.ts';
import { fail, forbid, type PrivacyRun } from './privacy-run.ts';
import { privateTextsIn } from './private-texts.ts';
import { signaturesIn, WRONG_SECRET } from './webhook-traffic.ts';

/** Sends each request of the portal API with private texts, and one that fails. */
export async function sendEveryPortalRequest(run: PrivacyRun): Promise<void> {
  const { pool } = run.local();
  const { rows } = await pool.query(
    `select asset.id, owner_id
       from portal.assets as asset
       join portal.users as owner on owner.id = owner_id
      where email = $1`,
    [run.member.email],
  );
  const { id: assetId, owner_id: ownerId } = rows[0];
  const statusOf = async () =>
    (await pool.query('select status from portal.assets where id = $1', [assetId])).rows[0].status;
  await eventually(statusOf, (status) => status !== 'awaiting-upload');
  await pool.query(`update portal.assets set status = 'ready' where id = $1`, [assetId]);
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const label = run.member.email;
  const share = await postToPortalApi(run, 'share-links', { assetId, ownerId, expiresAt, label });
  const { token } = /(?<token>[\w-]{20,})$/.exec(JSON.parse(share).url)?.groups ?? {};
  const title = `For ${run.member.email}`;
  const upload = await postToPortalApi(run, 'uploads', { ownerId, title });
  forbid(run, token ?? fail('A share link has no token.'), ...privateTextsIn(JSON.parse(upload)));
  await postToPortalApi(run, 'uploads', { ownerId: randomUUID(), title: run.member.email });
}

async function postToPortalApi(run: PrivacyRun, path: string, body: object): Promise<string> {
  const response = await fetch(`${run.local().url}/api/v1/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `"${randomUUID()}"`,
      authorization: 'AWS4-HMAC-SHA256 Credential=LOCAL, Signature=feedbeeffeedbeeffeedbeef',
    },
    body: JSON.stringify(body),
  });
  forbid(run, 'feedbeeffeedbeeffeedbeef');
  return response.text();
}

/** Runs operator commands that contain private texts, return a body or signature, or fail. */
export async function runEveryOperatorCommand(run: PrivacyRun): Promise<void> {
  const { url, pool, secrets } = run.local();
  const { email } = run.member;
  const runCommand = makeRunCommand({ url, region: 'ap-southeast-2', isLocal: true });
  const operate = (name: CommandName, options: object) =>
    runCommand({ command: name, arguments: { ...options } }).catch((error: Error) => ({
      rejected: error.message,
    }));
  await pool.query(
    `insert into portal.email_suppressions (address, suppressed, reason, since, source, event_id)
     values ($1, true, 'complaint', now(), 'resend', 'e')`,
    [email],
  );
  await operate('suppressions lift', { address: email, reason: `asked for by ${email}` });
  await operate('events show', { provider: 'mux', event: run.acceptedIds[0] });
  await operate('events body', { provider: 'mux', event: run.acceptedIds[0] });
  await operate('events list', { type: email });
  for (const provider of providers) {
    const signed: OperationResult = await operate('smoke sign', { provider });
    const headers = signed['headers'] as Readonly<Record<string, string>>;
    forbid(run, ...signaturesIn(headers));
    const body = String(signed['body']);
    const { status } = await fetch(`${url}${webhookPath(provider)}`, {
      method: 'POST',
      headers,
      body,
    });
    expect(status).toBe(200);
  }
  const secretName = 'motion-mavericks/dev/resend/webhook-signing-secret';
  const secret = secrets.find(secretName)?.versions['AWSCURRENT']?.value ?? fail('No secret.');
  secrets.put(secretName, `${WRONG_SECRET}!`);
  expect(await operate('smoke sign', { provider: 'resend' })).toHaveProperty('rejected');
  secrets.put(secretName, secret);
  await functionNamed(run.local(), 'OperationsEventsWidget').invoke({
    widgetContext: { dashboardName: email, forms: { all: { event: email } } },
    action: 'search',
  });
  await functionNamed(run.local(), 'OperationsReplayWidget').invoke({
    widgetContext: { dashboardName: email, forms: { all: { reason: email } } },
    action: 'replay',
    provider: 'mux',
    event: run.acceptedIds[0],
  });
  // A direct invocation, which the function rejects.
  await functionNamed(run.local(), 'Operations').invoke({
    routeKey: email,
    requestContext: { authorizer: { iam: { userArn: email } } },
    body: email,
  });
}
