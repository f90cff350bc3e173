import * as z from 'zod';
import { providers } from '../catalog/providers.ts';

const eventKey = { provider: z.enum(providers), event: z.string().min(1).max(256) };

/**
 * Context that CloudWatch adds to every call of a custom widget:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html
 */
const widgetContext = z.object({
  dashboardName: z.string().default('unknown'),
  accountId: z.string().default(''),
  forms: z
    .object({
      all: z
        .object({ event: z.string().max(256).catch(''), reason: z.string().max(300).catch('') })
        .partial(),
    })
    .partial()
    .default({}),
});

/**
 * Requests that the widget accepts. CloudWatch sends `describe`; a request without an action lists
 * the events.
 */
export const widgetRequest = z.union([
  z.object({ describe: z.literal(true) }),
  z.object({ action: z.literal('search'), widgetContext }),
  z.object({ action: z.literal('show'), ...eventKey, widgetContext }),
  z.object({ action: z.undefined().optional(), widgetContext }),
]);

export type WidgetRequest = z.output<typeof widgetRequest>;

/** Request of the replay button. */
export const replayRequest = z.object({ action: z.literal('replay'), ...eventKey, widgetContext });

export type ReplayRequest = z.output<typeof replayRequest>;
