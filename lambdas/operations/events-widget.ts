import { providers } from '../catalog/providers.ts';
import type { Clock } from '../platform/clock.ts';
import { log } from '../platform/logger.ts';
import { redact } from '../platform/redaction.ts';
import type { EventReport } from './event-story/event-report.ts';
import {
  eventDetailsPage,
  type OpenEventLine,
  type OpenEvents,
  openEventsPage,
  paragraph,
} from './events-widget-page.ts';
import { type ReplayRequest, type WidgetRequest, widgetRequest } from './events-widget-request.ts';
import type { InvokeOperatorCommand } from './invoke-operator-command.ts';
import type { SafeHtml } from './safe-html.ts';

export interface EventsWidgetDeps {
  readonly invokeCommand: InvokeOperatorCommand;
  readonly now: Clock;
  /** Stage that the commands on the page name. */
  readonly stage: string;
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
  const { accountId, dashboardName, forms } = request.widgetContext;
  const operator = `arn:aws:cloudwatch::${accountId}:dashboard/${dashboardName}`;
  switch (request.action) {
    case 'replay':
      return replayEvent(request, operator, invocation.awsRequestId, deps);
    case 'show':
      return showEvent(request.event, [request.provider], operator, deps);
    case 'search':
      return showEvent(forms.all?.event?.trim() ?? '', providers, operator, deps);
    default: {
      const open = await listOpenEvents(operator, deps);
      const deployment = { endpoint: invocation.invokedFunctionArn, stage: deps.stage };
      return openEventsPage(open, deployment, deps.now());
    }
  }
}

async function listOpenEvents(
  operator: string,
  { invokeCommand }: EventsWidgetDeps,
): Promise<OpenEvents> {
  const lists = await Promise.all(
    ['exhausted', 'failed'].map((status) =>
      invokeCommand('events list', { status, limit: LIST_LIMIT }, operator),
    ),
  );
  const events = lists.flatMap((list) => redact(list?.['events'] ?? []) as OpenEventLine[]);
  return { events, hasMore: lists.some((list) => list?.['cursor'] !== undefined) };
}

async function showEvent(
  event: string,
  candidates: readonly string[],
  operator: string,
  { invokeCommand }: EventsWidgetDeps,
): Promise<SafeHtml> {
  if (event === '') return paragraph('Enter an event id first.');
  const found = await Promise.all(
    candidates.map((provider) => invokeCommand('events show', { provider, event }, operator)),
  );
  const reports = found
    .filter((one) => one !== undefined)
    .map((one) => redact(one) as unknown as EventReport);
  return eventDetailsPage(event, reports);
}

/**
 * Replays one event. Lambda does not receive the viewer's identity, so the recorded reason contains
 * the request id, which leads to the viewer in CloudTrail.
 */
async function replayEvent(
  { provider, event, widgetContext }: ReplayRequest,
  operator: string,
  requestId: string,
  { invokeCommand }: EventsWidgetDeps,
): Promise<SafeHtml> {
  const entered = widgetContext.forms.all?.reason?.trim() || 'No reason given';
  const reason = `${entered} (dashboard, request ${requestId})`;
  const result = await invokeCommand('events replay', { provider, event, reason }, operator);
  if (result === undefined)
    return paragraph(`${event} is no longer failed or exhausted, so it was not replayed.`);
  if (result['withoutBody'] !== undefined)
    return paragraph(`The body of ${event} was pruned, so it cannot be replayed.`);
  if (result['sentLater'] !== undefined)
    return paragraph(
      `The queue is unavailable. The retry job sends ${event} within about an hour.`,
    );
  return paragraph(
    `${event} was sent to its queue again. Refresh the widget to see its new status.`,
  );
}

const documentation = `### Failed and exhausted webhook events
Lists failed and exhausted events with their errors, replays an event and shows its effects.
It takes no parameters.`;
