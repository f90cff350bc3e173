import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  ComparisonOperator,
  CompositeAlarm,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { pascalCase } from '../names.ts';

export interface Watch {
  /** Its anchor in docs/runbook.md, and the end of its name. */
  readonly section: string;
  /** What it is about, where several alarms of the group share a section. */
  readonly subject?: string;
  /** One sentence: what goes wrong, and what that costs for as long as nobody acts. */
  readonly costs: string;
  readonly metric: IMetric;
  /** The most (or, for `least`, the least) that is still right. */
  readonly most?: number;
  readonly least?: number;
  /** Of so many periods, `breaching` have to be wrong. @default 1 of 1 */
  readonly of?: number;
  readonly breaching?: number;
  /** One sentence: what it means that there is no value, and with it whether that is wrong. */
  readonly noData: { readonly fine: string } | { readonly wrong: string };
  /** True for what can wait until the morning, or lasts: it is told by itself, and holds back no page of its group. */
  readonly notice?: true;
}

export interface AlarmGroupProps {
  /** In the names of its alarms. */
  readonly name: string;
  readonly config: StageConfig;
  readonly topic: ITopic;
}

/**
 * The alarms of one part of the system, and the one that pages for all of them: whoever is up already is not called
 * again for each thing that breaks with the first.
 */
export class AlarmGroup extends Construct {
  readonly #props: AlarmGroupProps;
  readonly #paging: Alarm[] = [];
  readonly #alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, props: AlarmGroupProps) {
    super(scope, id);
    this.#props = props;
  }

  get alarms(): readonly Alarm[] {
    return this.#alarms;
  }

  watch({ section, subject, costs, metric, noData, notice, ...when }: Watch): Alarm {
    const name = [subject, section].filter((part) => part !== undefined).join('-');
    const { least, most = 0, of = 1, breaching = of } = when;
    const isFine = 'fine' in noData;
    const alarm = new Alarm(this, pascalCase(name), {
      alarmName: this.#nameOf(name),
      alarmDescription: this.#describe(
        section,
        costs,
        `No data: ${isFine ? noData.fine : noData.wrong}`,
      ),
      metric,
      threshold: least ?? most,
      comparisonOperator:
        least === undefined
          ? ComparisonOperator.GREATER_THAN_THRESHOLD
          : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: of,
      datapointsToAlarm: breaching,
      treatMissingData: isFine ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
    });
    this.#alarms.push(alarm);
    if (notice) this.#tell(alarm);
    else this.#paging.push(alarm);
    return alarm;
  }

  /** To be called once, after the last alarm. */
  page(): void {
    const { name } = this.#props;
    const composite = new CompositeAlarm(this, 'Page', {
      compositeAlarmName: this.#nameOf('page'),
      alarmDescription: this.#describe(
        'page',
        `Something of ${name} is broken: its alarms say what.`,
        '',
      ),
      alarmRule: AlarmRule.anyOf(...this.#paging),
    });
    this.#tell(composite);
  }

  /** Also that it is over: nobody should have to look whether it is. */
  #tell(alarm: Alarm | CompositeAlarm): void {
    alarm.addAlarmAction(new SnsAction(this.#props.topic));
    alarm.addOkAction(new SnsAction(this.#props.topic));
  }

  #nameOf(name: string): string {
    return `motion-mavericks-${this.#props.config.stage}-${this.#props.name}-${name}`;
  }

  #describe(section: string, ...sentences: readonly string[]): string {
    const told = sentences.filter((sentence) => sentence !== '').join(' ');
    return `${told} Runbook: ${this.#props.config.runbookUrl}#${section}`;
  }
}

/** CloudWatch takes whole minutes. */
export const wholeMinutes = (seconds: number) => Duration.minutes(Math.ceil(seconds / 60));
