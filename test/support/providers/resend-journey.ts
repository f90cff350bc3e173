import type { LocalInstance } from '../../../local/local-instance.ts';
import { addAsset, addMember, type Member } from '../../../local/postgres/sample-portal.ts';
import { eventually } from '../eventually.ts';
import { deliver, eventOf } from '../local.ts';

export const SUPPORT = 'support@dev.motion-mavericks.example';

/** Returns the steps of a journey of mails in a local instance. */
export function mailJourney(local: () => LocalInstance) {
  let memberCount = 0;
  return {
    async createMember(name: string): Promise<Member> {
      memberCount += 1;
      return addMember(local().pool, {
        name: `Member ${memberCount}`,
        email: `${name}+${memberCount}@resend.dev`,
      });
    },

    /** Causes a notification to this member, and returns the status of its mail. */
    async notify(owner: Member) {
      const muxAsset = await addAsset(local().pool, { owner, status: 'processing' });
      const event = eventOf(muxAsset, 'video.asset.ready');
      const { notifications, mails } = await deliver(local(), event);
      return { id: notifications[0]?.id ?? '', status: notifications[0]?.mail_status, mails };
    },

    /** Waits for a delivery status, and returns the last status. */
    async deliveryStatusOf(notificationId: string, expected: string): Promise<string | null> {
      const read = async () => {
        const { rows } = await local().pool.query<{ delivery_status: string | null }>(
          'select delivery_status from portal.notifications where id = $1::uuid',
          [notificationId],
        );
        return rows[0]?.delivery_status ?? null;
      };
      return eventually(read, (status) => status === expected);
    },
  };
}
