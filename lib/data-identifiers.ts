/**
 * Patterns that CloudWatch masks in every log group, in addition to its managed identifiers.
 * CloudWatch accepts few characters (no colon, no group) and at most ten patterns:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL-custom-data-identifiers.html
 *
 * No pattern matches the output of lambdas/platform/redaction.ts, such as `***@example.org`, so
 * each match shows a gap in the redaction. MailAddress is a custom pattern because AWS does not
 * document what its own EmailAddress matches. Network addresses have no pattern: the access log may
 * hold them.
 */
export const dataIdentifiers = {
  MailAddress: '[A-Za-z0-9_+=.-]+@[A-Za-z0-9-]+[.][A-Za-z0-9.-]*[A-Za-z]',
  PostgresUrl: 'postgres[a-z]*.//[A-Za-z0-9_.-]+.[A-Za-z0-9_#=;,+$-]+@',
  UrlWithQuery: 'https?.//[A-Za-z0-9./_-]+[?][A-Za-z0-9]',
  WebhookSigningSecret: 'whsec_[A-Za-z0-9/+]{8,}',
  MuxSignature: 'v1=[0-9a-f]{64}',
  SvixSignature: 'v1a?,[A-Za-z0-9/+]{32,}',
  ResendApiKey: 're_[A-Za-z0-9]{6,}_[A-Za-z0-9_]{8,}',
  JsonWebToken: 'eyJ[A-Za-z0-9_-]{8,}[.][A-Za-z0-9_-]{8,}',
} as const;
