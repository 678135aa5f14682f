/** The oldest release whose SQL the record speaks, as server_version_num. */
export const oldestPostgres = 140_000;

export function tooOld(version: number): string {
  return `PostgreSQL ${Math.floor(version / 10_000)} is older than ${oldestPostgres / 10_000}, the oldest that is supported`;
}
