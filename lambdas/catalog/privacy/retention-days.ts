/** Ages in days of rows for which the stage has no setting. Setting: `retentionDays`. */
export const defaultRetentionDays = {
  notifications: 400,
  mailIncidents: 400,
  closedRecords: 400,
  operatorActions: 1_095,
} as const;
