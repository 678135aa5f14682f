import { DropsweepError } from '../../base/errors.ts';

/**
 * Refuses flags that would be passed over in silence.
 * @param flags by their names; those that are absent or false were not given
 * @param expected what they belong to
 * @throws USAGE
 */
export function refuseUnused(flags: Readonly<Record<string, unknown>>, expected: string): void {
  const given = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [name],
  );
  if (given.length === 0) return;
  throw new DropsweepError('USAGE', 'a flag means nothing here', {
    got: given.join(' and '),
    expected,
    fix: `leave out ${given.join(' and ')}`,
  });
}
