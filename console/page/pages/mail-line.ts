/** One mail of `mails list`. */
export interface MailLine {
  readonly id: string;
  readonly kind: string;
  readonly email: string;
  readonly status: string;
  readonly error: string | null;
  readonly attempts: number;
  readonly createdAt: string;
  readonly maybeSent: boolean;
  readonly sentAt: string | null;
  readonly delivery: string | null;
  readonly deliveryAt: string | null;
  readonly deliveryReason: string | null;
  readonly source: string;
  readonly event: string;
}

export const mailKey = ({ id }: MailLine): string => id;
