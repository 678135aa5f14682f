/** Modes that the driver takes for `verify-full`, with a warning of several lines each time. */
const verifying = new Set(['prefer', 'require', 'verify-ca']);

/** A database's URL whose `sslmode` says what the driver does: whoever asks for TLS has the certificate verified. */
export function withTlsMode(databaseUrl: string): string {
  if (!URL.canParse(databaseUrl)) return databaseUrl;
  const url = new URL(databaseUrl);
  if (!verifying.has(url.searchParams.get('sslmode') ?? '') || url.searchParams.has('uselibpqcompat'))
    return databaseUrl;
  url.searchParams.set('sslmode', 'verify-full');
  return url.href;
}
