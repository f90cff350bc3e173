/**
 * What CloudWatch looks for in every log besides what it knows itself, as patterns in the few characters that it takes:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL-custom-data-identifiers.html (no colon, no group, at most
 * ten). None matches what lambdas/platform/redaction.ts leaves, such as `***@example.org`, so a match is a hole in it.
 * That is why mail addresses are here: AWS does not say what its own EmailAddress matches. Network addresses are no secret
 * of the access log, and are not looked for.
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
