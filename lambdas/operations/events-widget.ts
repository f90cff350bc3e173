import * as z from 'zod';
import { providers } from '../catalog/providers.ts';
import type { Clock } from '../platform/clock.ts';
import { log } from '../platform/logger.ts';
import { redact } from '../platform/redaction.ts';
import type { Answer } from './run-operation.ts';
import { eventsPage, type OpenEventLine, sentence, storyPage } from './widget-html.ts';

export interface WidgetPorts {
  /** Has the operations function carry out a command. @returns undefined where nothing has the name that it gives. */
  readonly operate: (command: string, given: object, operator: string) => Promise<Answer>;
  readonly now: Clock;
}

/** What Lambda says of the invocation. */
export interface WidgetInvocation {
  readonly invokedFunctionArn: string;
  readonly awsRequestId: string;
}

const named = { provider: z.enum(providers), event: z.string().min(1).max(300) };

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html */
const widgetContext = z.object({
  dashboardName: z.string().default('unknown'),
  accountId: z.string().default(''),
  forms: z
    .object({
      all: z
        .object({ event: z.string().max(300).catch(''), reason: z.string().max(300).catch('') })
        .partial(),
    })
    .partial()
    .default({}),
});

const request = z.union([
  z.object({ describe: z.literal(true) }),
  z.object({ action: z.literal('search'), widgetContext }),
  z.object({ action: z.enum(['show', 'replay']), ...named, widgetContext }),
  z.object({ action: z.undefined().optional(), widgetContext }),
]);

type Request = z.output<typeof request>;

// As many as anybody works through by hand; more are for `ops`.
const LISTED = 25;

/** HTML for CloudWatch's custom widget of what failed. CloudWatch runs no script in it. */
export function makeEventsWidget({ operate, now }: WidgetPorts) {
  return async function eventsWidget(
    event: unknown,
    invocation: WidgetInvocation,
  ): Promise<string | object> {
    const read = request.safeParse(event);
    if (!read.success)
      return sentence('This widget was asked for something that it does not do.').text;
    if ('describe' in read.data) return { markdown: documentation };
    try {
      return await answer(read.data, invocation);
    } catch (error) {
      log.error('Widget has no answer', { error });
      return sentence(
        'The operations function gave no answer. Its log says why; the dashboard can be refreshed.',
      ).text;
    }
  };

  async function answer(
    asked: Exclude<Request, { describe: true }>,
    invocation: WidgetInvocation,
  ): Promise<string> {
    const { widgetContext: context } = asked;
    const operator = `arn:aws:cloudwatch::${context.accountId}:dashboard/${context.dashboardName}`;
    if (asked.action === undefined) {
      return eventsPage(await openEvents(operator), invocation.invokedFunctionArn, now()).text;
    }
    if (asked.action === 'replay') return replay(asked, operator, invocation);
    const id = asked.action === 'show' ? asked.event : (context.forms.all?.event ?? '').trim();
    if (id === '') return sentence('Type the id of an event first.').text;
    const asking = asked.action === 'show' ? [asked.provider] : providers;
    const stories = await Promise.all(
      asking.map((provider) => operate('events show', { provider, event: id }, operator)),
    );
    return storyPage(
      id,
      stories.flatMap((story) => (story === undefined ? [] : [redact(story) as object])),
    ).text;
  }

  async function openEvents(operator: string) {
    const lists = await Promise.all(
      ['exhausted', 'failed'].map((status) =>
        operate('events list', { status, limit: LISTED }, operator),
      ),
    );
    return {
      events: lists.flatMap((list) =>
        (redact(list?.['events'] ?? []) as OpenEventLine[]).map(known),
      ),
      more: lists.some((list) => list?.['cursor'] !== undefined),
    };
  }

  /** Lambda is not told who looks at the dashboard: the request's id leads to them, in CloudTrail. */
  async function replay(
    { provider, event, widgetContext: { forms } }: Extract<Request, { provider: string }>,
    operator: string,
    { awsRequestId }: WidgetInvocation,
  ): Promise<string> {
    const typed = forms.all?.reason?.trim() || 'No reason given';
    const reason = `${typed} (dashboard, request ${awsRequestId})`;
    const given = { provider, event, reason };
    const answered = await operate('events replay', given, operator);
    if (answered === undefined)
      return sentence(`${event} is not open any more: there is nothing to replay.`).text;
    return sentence(
      `${event} is on its way once more. Refresh the widget in a moment to see what became of it.`,
    ).text;
  }
}

/** Without what the list tells beyond what is shown. */
const known = ({
  provider,
  event,
  type,
  status,
  receivedAt,
  attempts,
  error,
}: OpenEventLine): OpenEventLine => ({
  ...{ provider, event, type, status, receivedAt, attempts, error },
});

const documentation = `### Failed and exhausted webhook events
Lists them with their error, has one applied once more, and tells what an event did. It takes no parameters.`;
