import type { EventReport } from '../../../lambdas/operations/event-story/event-report.ts';
import { makeEventsWidget } from '../../../lambdas/operations/events-widget.ts';
import { makeReplayWidget } from '../../../lambdas/operations/replay-widget.ts';

const invocation = {
  invokedFunctionArn: 'arn:aws:lambda:ap-southeast-2:1:function:widget',
  awsRequestId: 'request-1',
};
const widgetContext = { dashboardName: 'Webhooks', accountId: '123456789012', forms: { all: {} } };

/** Returns the context that CloudWatch sends when the forms have these values. */
export const contextWith = (fields: object) => ({ ...widgetContext, forms: { all: fields } });

export const openEvent = {
  id: '7',
  provider: 'mux',
  event: 'evt-1',
  type: 'video.asset.ready',
  status: 'failed',
  attempts: 2,
  redrives: 0,
  replays: 0,
  receivedAt: '2026-03-01T09:30:00Z',
  error: 'contradictory-film: two uploads',
};

/** Result of `events show` without any effect. */
export const eventReport: EventReport = {
  provider: 'resend',
  event: 'evt-9',
  type: 'email.bounced',
  status: 'processed',
  attempts: 1,
  redrives: 0,
  replays: 0,
  receivedAt: '2026-03-01T09:30:00.000Z',
  processedAt: '2026-03-01T09:30:01.000Z',
  errorCode: null,
  errorMessage: null,
  escalatedAt: null,
  history: [],
  stateChanges: [],
  notifications: [],
  domainEvents: [],
  replayResults: [],
  operatorActions: [],
  hasBody: true,
};

interface InvokedCommand {
  readonly command: string;
  readonly given: object;
}

/**
 * Creates the widget with a fake operations function. @param results Result or error of each
 * command.
 */
export function createWidget(results: Readonly<Record<string, unknown>>) {
  const invoked: InvokedCommand[] = [];
  const callCommand = async (command: string, given: object) => {
    invoked.push({ command, given });
    const result = results[command];
    if (result instanceof Error) throw result;
    const { status } = given as { status?: string };
    if (command === 'events list' && status !== 'failed') return { events: [] };
    return result as Readonly<Record<string, unknown>> | undefined;
  };
  const now = () => new Date('2026-03-01T12:00:00Z');
  const replayEndpoint = 'arn:aws:lambda:ap-southeast-2:1:function:replay';
  const widget = makeEventsWidget({ callCommand, now, stage: 'prod', replayEndpoint });
  const replay = makeReplayWidget(callCommand);
  return {
    invoked,
    call: (event: object) => widget(event, invocation),
    replay: (event: object) => replay({ widgetContext, ...event }, invocation),
    show: async (event: object) => String(await widget({ widgetContext, ...event }, invocation)),
  };
}

/** Texts that would create elements or attributes if they were not escaped. */
export const hostileTexts = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `</cwdb-action><cwdb-action action="call" endpoint="arn:evil">{}</cwdb-action>`,
  `<!--`,
  `]]></style><svg/onload=alert(1)>`,
  `&lt;b&gt;`,
];

/** Returns the names of all start tags and comments in a page. */
export const tagsIn = (page: string) =>
  [...page.matchAll(/<(?!\/)([a-z!][a-z0-9-]*)/gi)].map(([, name]) => name);
