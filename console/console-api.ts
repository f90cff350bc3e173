/** JSON that the console's server sends to its page. Times are ISO 8601 unless a name says else. */

export const consolePath = '/console';

export type ConsoleTarget =
  | { readonly kind: 'local'; readonly url: string }
  | { readonly kind: 'stage'; readonly url: string; readonly stage: string };

export interface ConsoleProvider {
  readonly name: string;
  /** Path that receives its deliveries. */
  readonly path: string;
  /** Lines and headers with which a shell signs a delivery. */
  readonly shell: {
    readonly lines: readonly string[];
    readonly headers: readonly string[];
  };
}

export interface ConsoleContext {
  readonly target: ConsoleTarget;
  readonly providers: readonly ConsoleProvider[];
  /** True if the console can show the mails that a sandbox holds. */
  readonly hasSandbox: boolean;
  /** Time between two updates of the live lists. */
  readonly refreshMs: number;
}

export const figureRanges = ['hour', 'day'] as const;

export type FigureRange = (typeof figureRanges)[number];

/** A value for each period; null where nothing was measured. */
export type Series = readonly (number | null)[];

export interface ProviderFigures {
  readonly provider: string;
  readonly accepted: Series;
  readonly rejected: Series;
  readonly processed: Series;
  readonly failed: Series;
  /** Milliseconds from the acceptance of an event to the commit of its effects. */
  readonly p50: Series;
  readonly p95: Series;
  readonly p99: Series;
  readonly queueAgeSeconds: Series;
}

export interface Figures {
  readonly range: FigureRange;
  readonly periodSeconds: number;
  /** Starts of the periods in seconds since 1970, oldest first. */
  readonly times: readonly number[];
  readonly providers: readonly ProviderFigures[];
}

/** A mail that the sandbox holds, without its content. */
export interface SandboxMailLine {
  readonly id: string;
  /** Id of the notification; undefined for a mail of another program. */
  readonly notification: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly at: string;
}

export interface SandboxMailContent extends SandboxMailLine {
  readonly hasHtml: boolean;
  readonly text: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly attachments: readonly { readonly filename: string; readonly bytes: number }[];
}

/** Operator commands that the page uses; the server rejects every other command. */
export const consoleCommands = [
  'assets bind',
  'backlog show',
  'dead-letters list',
  'dead-letters redrive',
  'events body',
  'events list',
  'events replay',
  'events search',
  'events show',
  'jobs list',
  'jobs run',
  'jobs runs',
  'mails list',
  'mails resend',
  'mails show',
  'outbox discard',
  'outbox list',
  'outbox retry',
  'reconciliation show',
  'suppressions lift',
  'suppressions list',
  'uploads list',
] as const;

export type ConsoleCommand = (typeof consoleCommands)[number];
