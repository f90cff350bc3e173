import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import { parseJson } from '../../../../lambdas/platform/json.ts';
import { readCredentials } from '../../credentials.ts';
import type { ScheduleState, Subscription } from '../checks/operation-checks.ts';
import { signedGet } from './signed-request.ts';

export async function readSubscriptions(
  region: string,
  topicArn: string,
): Promise<readonly Subscription[]> {
  const client = new SNSClient({ region, credentials: readCredentials() });
  const pages = paginateListSubscriptionsByTopic({ client }, { TopicArn: topicArn });
  const subscriptions: Subscription[] = [];
  for await (const { Subscriptions = [] } of pages)
    for (const { Protocol = '', Endpoint = '', SubscriptionArn = '' } of Subscriptions)
      subscriptions.push({
        protocol: Protocol,
        endpoint: Endpoint,
        isConfirmed: SubscriptionArn.startsWith('arn:'),
      });
  return subscriptions;
}

const schedulePage = z.object({
  Schedules: z.array(z.object({ Name: z.string(), State: z.string() })),
  NextToken: z.string().nullish(),
});

export async function readSchedules(
  region: string,
  group: string,
): Promise<readonly ScheduleState[]> {
  const schedules: ScheduleState[] = [];
  for (let next: string | undefined; ; ) {
    const text = await signedGet('scheduler', region, '/schedules', {
      ScheduleGroup: group,
      ...(next && { NextToken: next }),
    });
    const page = schedulePage.parse(parseJson(text));
    for (const { Name, State } of page.Schedules)
      schedules.push({ name: Name, isEnabled: State === 'ENABLED' });
    if (!page.NextToken) return schedules;
    next = page.NextToken;
  }
}
