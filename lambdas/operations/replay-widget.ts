import { log } from '../platform/logger.ts';
import type { CallOperatorCommand } from './call-operator-command.ts';
import type { WidgetInvocation } from './events-widget.ts';
import { paragraph } from './events-widget-page.ts';
import { type ReplayRequest, replayRequest } from './events-widget-request.ts';
import type { SafeHtml } from './safe-html.ts';

/**
 * Returns the function behind the replay button of the widget. Its own function, so that people who
 * only look cannot replay: CloudWatch invokes it with the permissions of the person at the
 * dashboard.
 */
export function makeReplayWidget(callCommand: CallOperatorCommand) {
  return async function replayWidget(
    event: unknown,
    invocation: WidgetInvocation,
  ): Promise<string> {
    const request = replayRequest.safeParse(event);
    if (!request.success) return paragraph('The widget does not support this action.').text;
    try {
      return (await replayEvent(request.data, invocation.awsRequestId, callCommand)).text;
    } catch (error) {
      log.error('Replay widget failed', { error });
      return paragraph('The operations function failed. See its log, then refresh the dashboard.')
        .text;
    }
  };
}

/**
 * Replays one event. Lambda does not receive the viewer's identity, so the audit log names the
 * dashboard as unverified. The recorded reason contains the id of the invocation, whose CloudTrail
 * event names the viewer, and the name of the dashboard, which the caller can choose.
 */
async function replayEvent(
  { provider, event, widgetContext }: ReplayRequest,
  requestId: string,
  callCommand: CallOperatorCommand,
): Promise<SafeHtml> {
  const { dashboardName, forms } = widgetContext;
  const entered = forms.all?.reason?.trim() || 'No reason given';
  const reason = `${entered} (dashboard ${dashboardName.slice(0, 80)}, invocation ${requestId})`;
  const result = await callCommand('events replay', { provider, event, reason });
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
