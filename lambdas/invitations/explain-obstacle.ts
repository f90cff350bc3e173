import type { InvitationObstacle } from './invitations.queries.ts';

/** Explains why an invitation was not reopened. */
export function explainObstacle(obstacle: InvitationObstacle): string {
  const { status, issuedAt, acceptedAt, openId, openSince } = obstacle;
  if (status === 'accepted') {
    const at = acceptedAt === null ? '' : ` at ${acceptedAt.toISOString()}`;
    return `The invitation was accepted${at}.`;
  }
  if (status === 'revoked') return 'The invitation was revoked. Create a new one in the portal.';
  if (status === 'pending')
    return `The invitation is open since ${issuedAt.toISOString()}; it expires after 72 hours.`;
  if (openId !== null && openSince !== null)
    return (
      `The address has another open invitation, ${openId}, ` + `since ${openSince.toISOString()}.`
    );
  return 'The invitation changed at the same time. Repeat the command.';
}
