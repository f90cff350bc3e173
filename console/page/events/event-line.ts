/** One event of `events list`. */
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

export const eventKey = ({ id }: EventLine): string => id;
