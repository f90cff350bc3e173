/** Numbers of rows that wait for work of this system or of an operator. */
export interface OpenWork {
  readonly failedEvents: number;
  readonly exhaustedEvents: number;
  readonly failedMails: number;
  readonly outboxWaiting: number;
  readonly outboxSetAside: number;
  readonly suppressedAddresses: number;
  readonly runningJobs: number;
  readonly failedJobs: number;
}
