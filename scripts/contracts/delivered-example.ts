import { eventSource } from '../../lambdas/catalog/domain-events.ts';
import type { EventContract } from '../../lambdas/catalog/event-contracts.ts';
import { eventExamples } from './event-examples.ts';

/** Returns an example of the whole event as EventBridge delivers it to a target. */
export function deliveredExample({ type }: Pick<EventContract, 'type'>) {
  const detail = eventExamples[type];
  return {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': type,
    source: eventSource,
    account: '111122223333',
    time: '2026-11-28T10:15:01Z',
    region: 'ap-southeast-2',
    resources: [],
    detail,
  };
}
