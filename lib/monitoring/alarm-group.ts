import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarmRule,
  type IMetric,
  type TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { pascalCase } from '../names.ts';

/** Defines one alarm, in CloudWatch's own words. */
export interface AlarmDefinition {
  /** Heading of the alarm in docs/runbook.md, and the end of its name. */
  readonly section: string;
  /** Distinguishes alarms of one group that share a section, for example by the name of a job. */
  readonly subject?: string;
  /** One sentence: what is broken, and what that means for members, providers or operators. */
  readonly description: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** @default GREATER_THAN_THRESHOLD */
  readonly comparisonOperator?: ComparisonOperator;
  /** @default 1 */
  readonly evaluationPeriods?: number;
  /** @default evaluationPeriods */
  readonly datapointsToAlarm?: number;
  readonly treatMissingData: TreatMissingData;
  /** Explains `treatMissingData` in the description of the alarm: one sentence, lower case. */
  readonly missingDataReason: string;
  /**
   * An alarm that does not page notifies the topic by itself and is no part of the group's page.
   * Set false for what can wait until the morning. @default true
   */
  readonly paging?: boolean;
  /** Pages only while the given alarm is OK. @default always */
  readonly pagesWhileOk?: Alarm;
}

export interface AlarmGroupProps {
  /** Part of the name of each alarm in the group. */
  readonly name: string;
  readonly config: StageConfig;
  readonly topic: ITopic;
}

/**
 * Holds the alarms of one part of the system and one composite alarm that pages for all of them.
 * One failure often triggers several alarms; the composite alarm calls people once.
 */
export class AlarmGroup extends Construct {
  readonly #props: AlarmGroupProps;
  /** Each paging alarm, with the alarm that must be OK for it to page. */
  readonly #paging = new Map<Alarm, Alarm | undefined>();
  readonly #alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, props: AlarmGroupProps) {
    super(scope, id);
    this.#props = props;
  }

  get alarms(): readonly Alarm[] {
    return this.#alarms;
  }

  addAlarm(definition: AlarmDefinition): Alarm {
    const {
      section,
      subject,
      description,
      metric,
      threshold,
      comparisonOperator = ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods = 1,
      datapointsToAlarm = evaluationPeriods,
      treatMissingData,
      missingDataReason,
      paging = true,
      pagesWhileOk,
    } = definition;
    const name = subject === undefined ? section : `${subject}-${section}`;
    const alarm = new Alarm(this, pascalCase(name), {
      alarmName: this.#alarmName(name),
      alarmDescription: this.#withRunbook(
        `${description} Missing data: ${missingDataReason}`,
        section,
      ),
      metric,
      threshold,
      comparisonOperator,
      evaluationPeriods,
      datapointsToAlarm,
      treatMissingData,
    });
    this.#alarms.push(alarm);
    if (paging) this.#paging.set(alarm, pagesWhileOk);
    else this.#notify(alarm);
    return alarm;
  }

  /** Creates the composite alarm of the group. Call it once, after the last `addAlarm`. */
  addPage(): void {
    const { name } = this.#props;
    const composite = new CompositeAlarm(this, 'Page', {
      compositeAlarmName: this.#alarmName('page'),
      alarmDescription: this.#withRunbook(
        `At least one paging alarm of ${name} is active; the message lists which.`,
        'page',
      ),
      alarmRule: AlarmRule.anyOf(...this.#rules()),
    });
    this.#notify(composite);
  }

  /** Returns one rule for the alarms that always page, and one for each condition. */
  #rules(): readonly IAlarmRule[] {
    const byCondition = Map.groupBy(this.#paging.keys(), (alarm) => this.#paging.get(alarm));
    return [...byCondition].flatMap(([condition, alarms]) =>
      condition === undefined
        ? alarms
        : [
            AlarmRule.allOf(
              AlarmRule.fromAlarm(condition, AlarmState.OK),
              AlarmRule.anyOf(...alarms),
            ),
          ],
    );
  }

  /** Sends a message when the alarm begins and when it ends, so that nobody has to check. */
  #notify(alarm: Alarm | CompositeAlarm): void {
    alarm.addAlarmAction(new SnsAction(this.#props.topic));
    alarm.addOkAction(new SnsAction(this.#props.topic));
  }

  #alarmName(name: string): string {
    return `motion-mavericks-${this.#props.config.stage}-${this.#props.name}-${name}`;
  }

  #withRunbook(text: string, section: string): string {
    return `${text} Runbook: ${this.#props.config.runbookUrl}#${section}`;
  }
}

/** Rounds up, because CloudWatch accepts only whole minutes as a period. */
export const wholeMinutes = (seconds: number) => Duration.minutes(Math.ceil(seconds / 60));
