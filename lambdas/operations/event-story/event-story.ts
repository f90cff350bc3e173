import type {
  EventReport,
  ReplayReport,
  ReportedAction,
  ReportedDomainEvent,
  ReportedHistory,
  ReportedMail,
  StateChange,
} from './event-report.ts';

export type Tone = 'good' | 'bad' | 'warning' | 'neutral';

/** One step in the life of an event. */
export interface StoryStep {
  /** ISO 8601 time. */
  readonly at: string;
  readonly tone: Tone;
  readonly title: string;
  readonly detail?: string | undefined;
  /** Milliseconds since the delivery. */
  readonly sinceDeliveryMs: number;
}

type Step = Omit<StoryStep, 'sinceDeliveryMs'>;

/** Tells what happened to an event, oldest step first. */
export function eventStory(report: EventReport): readonly StoryStep[] {
  const delivered = millisecondsOf(report.receivedAt);
  const steps = [
    deliveryStep(report),
    ...historySteps(ownHistory(report), missingAttempts(report)),
    ...escalationSteps(report),
    ...appliedSteps(report),
    ...report.stateChanges.map(stateStep),
    ...report.notifications.flatMap(mailSteps),
    ...report.domainEvents.map(domainEventStep),
    ...report.replayResults.flatMap((replay) => replaySteps(replay, report)),
    ...report.operatorActions.filter(isOtherAction).map(actionStep),
  ];
  return steps
    .map((step) => ({ ...step, sinceDeliveryMs: millisecondsOf(step.at) - delivered }))
    .sort((one, other) => one.sinceDeliveryMs - other.sinceDeliveryMs);
}

const REPLAY = 'events replay';

/** Replays and the history tell their own steps, and a reading of the body changes nothing. */
const isOtherAction = ({ command }: ReportedAction) =>
  ![REPLAY, 'events body', 'events close'].includes(command);

const isAfter = (one: string, other: string) => millisecondsOf(one) >= millisecondsOf(other);

const millisecondsOf = (time: string) => new Date(time).getTime();

const deliveryStep = ({ receivedAt, provider, type }: EventReport): Step => ({
  at: receivedAt,
  tone: 'neutral',
  title: `${provider} delivered ${type}`,
  detail: 'The signature was verified, and the queue accepted the event.',
});

/** A failure of a replay is recorded with the event too; the replay tells it. */
function ownHistory({ history, replayResults }: EventReport): readonly ReportedHistory[] {
  const ofReplays = new Set(replayResults.flatMap((replay) => replay.history.map(({ at }) => at)));
  return history.filter(({ at }) => !ofReplays.has(at));
}

/** Counts failed attempts without an entry: they are older than the history, or it was full. */
function missingAttempts({ attempts, processedAt, history }: EventReport): number {
  const failed = attempts - (processedAt === null ? 0 : 1);
  const known = history.filter(({ kind }) => kind === 'failed-attempt').length;
  return Math.max(0, failed - known);
}

function historySteps(history: readonly ReportedHistory[], missing: number): readonly Step[] {
  let attempt = missing;
  let redrive = 0;
  return history.map(({ kind, at, code, message, operator }) => {
    const detail = [code, message].filter(Boolean).join(': ');
    if (kind === 'redrive') {
      redrive += 1;
      return { at, tone: 'warning', title: `Redrive ${redrive}: sent back to the queue` };
    }
    if (kind === 'closed')
      return { at, tone: 'neutral', title: `Closed by ${shortOperator(operator ?? '')}`, detail };
    if (kind === 'exhausted')
      return { at, tone: 'bad', title: 'Exhausted: no redrive is left', detail };
    attempt += 1;
    return { at, tone: 'bad', title: `Attempt ${attempt} failed`, detail };
  });
}

function escalationSteps({ escalatedAt, status }: EventReport): readonly Step[] {
  if (escalatedAt === null) return [];
  const title = status === 'exhausted' ? 'Escalated to on-call' : 'Reported as waiting';
  return [{ at: escalatedAt, tone: 'warning', title }];
}

function appliedSteps(report: EventReport): readonly Step[] {
  const { processedAt, receivedAt, status, replayResults } = report;
  if (processedAt === null || replayResults.some((one) => isSameTime(one, processedAt))) return [];
  const duration = formatDuration(millisecondsOf(processedAt) - millisecondsOf(receivedAt));
  const detail = `${duration} after the delivery.`;
  return [{ at: processedAt, tone: 'good', title: appliedTitle(status), detail }];
}

const isSameTime = ({ processedAt }: ReplayReport, time: string) =>
  processedAt !== null && millisecondsOf(processedAt) === millisecondsOf(time);

function appliedTitle(status: string): string {
  if (status === 'ignored') return 'Recorded; this system does not use events of this type';
  return status === 'synthetic' ? 'Recorded as a synthetic event' : 'Processed';
}

function stateStep({ recordedAt, title, asset, from, to, applied }: StateChange): Step {
  const video = `Video ${title === null ? asset : `“${title}”`}`;
  return applied
    ? { at: recordedAt, tone: 'good', title: `${video}: ${from} → ${to}` }
    : {
        at: recordedAt,
        tone: 'neutral',
        title: `${video} stays ${from}`,
        detail: `The event reports ${to}, but a newer event was applied before.`,
      };
}

function mailSteps(mail: ReportedMail): readonly Step[] {
  const { kind, to, createdAt, sentAt, delivery, deliveryAt, deliveryReason, error } = mail;
  const requested: Step = {
    at: createdAt,
    tone: 'neutral',
    title: `Mail ${kind} to ${to} requested`,
    detail: mail.mail === 'pending' ? 'Not sent yet.' : undefined,
  };
  const steps: Step[] = [requested];
  if (sentAt !== null)
    steps.push({ at: sentAt, tone: 'good', title: `Mail ${kind} sent to ${to}` });
  else if (mail.mail !== 'pending')
    steps[0] = { ...requested, tone: 'bad', detail: `${mail.mail}: ${error ?? 'no reason'}` };
  if (delivery !== null && deliveryAt !== null)
    steps.push({
      // The provider's report may overtake its answer to the sender.
      at: sentAt !== null && isAfter(sentAt, deliveryAt) ? sentAt : deliveryAt,
      tone: delivery === 'delivered' ? 'good' : delivery === 'sent' ? 'neutral' : 'warning',
      title: `Mail ${kind} to ${to}: ${delivery}`,
      detail: deliveryReason ?? undefined,
    });
  return steps;
}

function domainEventStep(entry: ReportedDomainEvent): Step {
  const { type, createdAt, publishedAt, setAsideAt, error } = entry;
  if (publishedAt !== null)
    return { at: publishedAt, tone: 'good', title: `Domain event ${type} published` };
  if (setAsideAt !== null)
    return {
      at: setAsideAt,
      tone: 'bad',
      title: `Domain event ${type} set aside`,
      detail: error ?? undefined,
    };
  return { at: createdAt, tone: 'warning', title: `Domain event ${type} waits in the outbox` };
}

function replaySteps(replay: ReplayReport, report: EventReport): readonly Step[] {
  const { requestedAt, processedAt, history, status } = replay;
  const action = actionOf(replay, report.operatorActions);
  const requested: Step = {
    at: requestedAt,
    tone: 'neutral',
    title: `Replay requested${action ? ` by ${shortOperator(action.operator)}` : ''}`,
    detail: action?.reason ?? undefined,
  };
  const failed = history.filter(({ kind }) => kind === 'failed-attempt').length;
  const steps = historySteps(
    history,
    Math.max(0, replay.attempts - failed - Number(!!processedAt)),
  );
  const named = steps.map((step) => ({ ...step, title: `Replay: ${lowerFirst(step.title)}` }));
  return processedAt === null
    ? [requested, ...named]
    : [requested, ...named, { at: processedAt, tone: 'good', title: `Replay ${status}` }];
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** Finds the command that requested a replay: the first one that was recorded after it. */
function actionOf(
  { requestedAt }: ReplayReport,
  actions: readonly ReportedAction[],
): ReportedAction | undefined {
  return actions
    .filter(({ command, at }) => command === REPLAY && isAfter(at, requestedAt))
    .toSorted((one, other) => millisecondsOf(one.at) - millisecondsOf(other.at))[0];
}

const actionStep = ({ at, operator, command, reason }: ReportedAction): Step => ({
  at,
  tone: 'neutral',
  title: `${shortOperator(operator)} ran ${command}`,
  detail: reason ?? undefined,
});

/** Returns the name at the end of an ARN: `user/ana` or `assumed-role/operators/ana`. */
export const shortOperator = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

const DURATIONS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** Formats a duration with its two largest units, for example `2 min 5 s` or `340 ms`. */
export function formatDuration(milliseconds: number): string {
  const value = Math.max(0, Math.round(milliseconds));
  const index = DURATIONS.findIndex(([, length]) => value >= length);
  const largest = DURATIONS[index];
  if (largest === undefined) return `${value} ms`;
  const [unit, length] = largest;
  if (unit === 's' && value < 10_000) return `${(value / 1_000).toFixed(1)} s`;
  const whole = Math.floor(value / length);
  const next = DURATIONS[index + 1];
  const rest = next === undefined ? 0 : Math.floor((value % length) / next[1]);
  return rest === 0 || next === undefined
    ? `${whole} ${unit}`
    : `${whole} ${unit} ${rest} ${next[0]}`;
}
