import type { Setting } from '../settings.ts';

/** The README's table of environment variables. */
export function settingTable(settings: readonly Setting[]): string {
  const rows = settings.map(
    ({ names, meaning }) => `| ${names.map((name) => `\`${name}\``).join(', ')} | ${meaning} |`,
  );
  return ['| environment variable | meaning |', '| --- | --- |', ...rows].join('\n');
}
