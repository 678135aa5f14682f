import { DropsweepError } from '../../base/errors.ts';
import { isTransient } from './open-store.ts';

/** PostgreSQL's and the network's codes for what a person can mend, and what to do. */
const mendable: Readonly<Record<string, string>> = {
  '42P01': 'dropsweep migrate makes the tables',
  '42703': 'dropsweep migrate brings the tables up to date',
  '28P01': 'check the password in DATABASE_URL',
  '28000': 'check the user in DATABASE_URL',
  '3D000': 'create the database, or name another in DATABASE_URL',
  '42501':
    'give the user of DATABASE_URL its rights: GRANT USAGE, CREATE ON SCHEMA public and ALL ON ALL TABLES and SEQUENCES IN SCHEMA public',
  '25006': 'name a database that may be written, not a standby, in DATABASE_URL',
  '53300': 'raise max_connections, or stop what holds them',
  '53100': 'make room on the disk of the database',
  '26000': 'connect to PostgreSQL itself, or by a pooler in session mode: prepared statements are used',
  '42P05': 'connect to PostgreSQL itself, or by a pooler in session mode: prepared statements are used',
  ENOTFOUND: 'check the host in DATABASE_URL',
  EAI_AGAIN: 'check the host in DATABASE_URL',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is its own: sslmode=no-verify accepts it, or name its root with sslrootcert',
  SELF_SIGNED_CERT_IN_CHAIN: 'name its root certificate with sslrootcert in DATABASE_URL, or use sslmode=no-verify',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'name its root certificate with sslrootcert, or use sslmode=no-verify',
  ERR_TLS_CERT_ALTNAME_INVALID: 'name the host that is in its certificate, or use sslmode=no-verify',
};

/**
 * A database's refusal, in our words; null: the error is none of its.
 * @param where the database for people, without its password
 */
export function databaseRefusal(error: unknown, where: string): DropsweepError | null {
  if (!(error instanceof Error) || error instanceof DropsweepError) return null;
  const code = 'code' in error ? String(error.code) : '';
  const noTls = /does not support SSL/.test(error.message) ? 'it speaks no TLS: sslmode=disable in DATABASE_URL' : null;
  const onlyTls = /no encryption/.test(error.message)
    ? 'it wants TLS: sslmode=require in DATABASE_URL, or sslmode=no-verify where its certificate is its own'
    : null;
  const fix =
    noTls ??
    onlyTls ??
    mendable[code] ??
    (isTransient(error) ? 'start it, or dropsweep up for this machine’s own' : null);
  if (fix === null) return null;
  return new DropsweepError('SERVICE_UNAVAILABLE', 'the database does not answer as it should', {
    where,
    got: error.message === '' ? code : error.message,
    fix,
    cause: error,
  });
}

/** For messages; a URL that cannot be taken apart may hide a password anywhere. */
export function withoutPassword(databaseUrl: string): string {
  if (!URL.canParse(databaseUrl)) return 'DATABASE_URL';
  const url = new URL(databaseUrl);
  if (url.host === '') return 'DATABASE_URL';
  url.password = '';
  url.search = '';
  return url.toString();
}
