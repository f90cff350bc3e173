/** One event of the command `events list` after its way through JSON. Times are ISO 8601. */
export interface EventLine {
  readonly id: string;
  readonly provider: string;
  readonly event: string;
  readonly type: string;
  readonly status: string;
  readonly attempts: number;
  readonly redrives: number;
  readonly replays: number;
  readonly receivedAt: string;
  readonly error: string | null;
}
