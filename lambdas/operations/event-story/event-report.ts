import type { EventLine } from './event-line.ts';

/** Result of the command `events show` after its way through JSON. Times are ISO 8601. */
export interface EventReport extends Omit<EventLine, 'id' | 'error'> {
  readonly processedAt: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly escalatedAt: string | null;
  readonly history: readonly ReportedHistory[];
  readonly stateChanges: readonly StateChange[];
  readonly notifications: readonly ReportedMail[];
  readonly domainEvents: readonly ReportedDomainEvent[];
  readonly replayResults: readonly ReplayReport[];
  readonly operatorActions: readonly ReportedAction[];
  readonly hasBody: boolean;
}

export interface ReportedHistory {
  readonly kind: 'failed-attempt' | 'redrive' | 'exhausted' | 'closed';
  readonly at: string;
  readonly code?: string | null;
  readonly message?: string | null;
  readonly operator?: string;
}

export interface StateChange {
  readonly asset: string;
  readonly title: string | null;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  /** False if a newer event was applied before. */
  readonly applied: boolean;
  readonly occurredAt: string;
  readonly recordedAt: string;
}

export interface ReportedMail {
  readonly id: string;
  readonly kind: string;
  readonly mail: string;
  readonly to: string;
  readonly attempts: number;
  readonly createdAt: string;
  readonly sentAt: string | null;
  readonly error: string | null;
  readonly delivery: string | null;
  readonly deliveryAt: string | null;
  readonly deliveryReason: string | null;
}

export interface ReportedDomainEvent {
  readonly id: string;
  readonly type: string;
  readonly createdAt: string;
  readonly publishedAt: string | null;
  readonly attempts: number;
  readonly setAsideAt: string | null;
  readonly error: string | null;
}

export interface ReplayReport {
  readonly replay: string;
  readonly status: string;
  readonly requestedAt: string;
  readonly processedAt: string | null;
  readonly attempts: number;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly history: readonly ReportedHistory[];
}

export interface ReportedAction {
  readonly at: string;
  readonly operator: string;
  readonly command: string;
  readonly reason: string | null;
}
