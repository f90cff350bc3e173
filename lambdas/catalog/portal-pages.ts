/** Paths of the portal's pages that mails link to. The portal must serve each of them. */
export const portalPages = {
  assets: '/assets',
  expiredInvitations: '/admin/invitations?status=expired',
  shareLinks: '/share-links',
  suppressions: '/admin/suppressions',
} as const;
