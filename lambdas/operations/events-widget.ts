import { providers } from '../catalog/providers.ts';
import type { Clock } from '../platform/clock.ts';
import { log } from '../platform/logger.ts';
import { redact } from '../platform/redaction.ts';
import type { CallOperatorCommand } from './call-operator-command.ts';
import type { EventReport } from './event-story/event-report.ts';
import {
  eventDetailsPage,
  type OpenEventLine,
  type OpenEvents,
  openEventsPage,
  paragraph,
} from './events-widget-page.ts';
import { type WidgetRequest, widgetRequest } from './events-widget-request.ts';
import type { SafeHtml } from './safe-html.ts';

export interface EventsWidgetDeps {
  readonly callCommand: CallOperatorCommand;
  readonly now: Clock;
  /** Stage that the commands on the page name. */
  readonly stage: string;
  /** ARN of the function that replays an event. */
  readonly replayEndpoint: string;
}

/** Part of Lambda's context object. */
export interface WidgetInvocation {
  readonly invokedFunctionArn: string;
  readonly awsRequestId: string;
}

/** Number of events listed for each status; the command line lists more. */
const LIST_LIMIT = 25;

/**
 * Returns HTML for CloudWatch's custom widget of failed events. CloudWatch runs no script in it.
 */
export function makeEventsWidget(deps: EventsWidgetDeps) {
  return async function eventsWidget(
    event: unknown,
    invocation: WidgetInvocation,
  ): Promise<string | object> {
    const request = widgetRequest.safeParse(event);
    if (!request.success) return paragraph('The widget does not support this action.').text;
    if ('describe' in request.data) return { markdown: documentation };
    try {
      return (await respond(request.data, invocation, deps)).text;
    } catch (error) {
      log.error('Events widget failed', { error });
      return paragraph('The operations function failed. See its log, then refresh the dashboard.')
        .text;
    }
  };
}

async function respond(
  request: Exclude<WidgetRequest, { describe: true }>,
  invocation: WidgetInvocation,
  deps: EventsWidgetDeps,
): Promise<SafeHtml> {
  switch (request.action) {
    case 'show':
      return showEvent(request.event, [request.provider], deps);
    case 'search': {
      const { forms } = request.widgetContext;
      return showEvent(forms.all?.event?.trim() ?? '', providers, deps);
    }
    default: {
      const open = await listOpenEvents(deps);
      const { stage, replayEndpoint } = deps;
      const deployment = { endpoint: invocation.invokedFunctionArn, replayEndpoint, stage };
      return openEventsPage(open, deployment, deps.now());
    }
  }
}

async function listOpenEvents({ callCommand }: EventsWidgetDeps): Promise<OpenEvents> {
  const lists = await Promise.all(
    ['exhausted', 'failed'].map((status) =>
      callCommand('events list', { status, limit: LIST_LIMIT }),
    ),
  );
  const events = lists.flatMap((list) => redact(list?.['events'] ?? []) as OpenEventLine[]);
  return { events, hasMore: lists.some((list) => list?.['cursor'] !== undefined) };
}

async function showEvent(
  event: string,
  candidates: readonly string[],
  { callCommand }: EventsWidgetDeps,
): Promise<SafeHtml> {
  if (event === '') return paragraph('Enter an event id first.');
  const found = await Promise.all(
    candidates.map((provider) => callCommand('events show', { provider, event })),
  );
  const reports = found
    .filter((one) => one !== undefined)
    .map((one) => redact(one) as unknown as EventReport);
  return eventDetailsPage(event, reports);
}

const documentation = `### Failed and exhausted webhook events
Lists failed and exhausted events with their errors, shows the effects of an event, and has a
button that replays it. The button needs the policy OperatePolicyArn.
It takes no parameters.`;
