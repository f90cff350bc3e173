import { portalPages } from '../../catalog/portal-pages.ts';

/** URLs of the portal's pages that mails link to. */
export interface PortalLinks {
  asset(assetId: string): string;
  readonly expiredInvitations: string;
  readonly shareLinks: string;
  suppression(address: string): string;
}

export function portalLinks(portalUrl: string): PortalLinks {
  const page = (path: string) => `${portalUrl.replace(/\/+$/, '')}${path}`;
  return {
    asset: (assetId) => page(`${portalPages.assets}/${assetId}`),
    expiredInvitations: page(portalPages.expiredInvitations),
    shareLinks: page(portalPages.shareLinks),
    suppression: (address) =>
      page(`${portalPages.suppressions}?address=${encodeURIComponent(address.toWellFormed())}`),
  };
}
