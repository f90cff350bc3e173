export type FlatRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is FlatRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isRecordList = (value: unknown): value is readonly FlatRecord[] =>
  Array.isArray(value) && value.length > 0 && value.every(isRecord);

/** Lists the columns of all records, in the order in which they first appear. */
export const columnsOf = (records: readonly FlatRecord[]): readonly string[] => [
  ...new Set(records.flatMap((record) => Object.keys(record))),
];
