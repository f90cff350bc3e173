import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter, storableText } from '../platform/storable-text.ts';

export interface OperatorAction {
  readonly at: Date;
  /** ARN of the identity that signed the request. */
  readonly operator: string;
  readonly command: string;
  readonly reason: string | null;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly result: unknown;
}

const INSERT = `
  insert into portal.operator_actions (at, operator, command, reason, arguments, result)
  values ($1::timestamptz, $2::text, $3::text, $4::text, $5::jsonb, $6::jsonb)`;

export async function recordAction(db: Queryable, action: OperatorAction): Promise<void> {
  const { at, operator, command, reason, arguments: given, result } = action;
  const text = reason === null ? null : storableText(reason);
  const values = [at, operator, command, text, jsonParameter(given), jsonParameter(result)];
  await db.query(INSERT, values);
}
