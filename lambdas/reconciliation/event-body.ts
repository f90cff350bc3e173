import { UnusableRecordError } from './provider-api.ts';

/** Writes a record of the provider as the body of its event. */
export function toBody(eventId: string, record: object): string {
  try {
    return JSON.stringify(record);
  } catch (error) {
    // A sender can nest more levels into one record than the stack holds.
    throw new UnusableRecordError(`The event ${eventId} cannot be written.`, { cause: error });
  }
}
