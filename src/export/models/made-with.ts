import type { ExportedTrial } from '../exported-trial.ts';

/** Published of where an export comes from. Who launched it and on which host is nobody's affair elsewhere. */
const published = ['dropsweep', 'trainer_version', 'node', 'platform'] as const;

/** Versions and the moment of the launch, for a file that is published. */
export function madeWith({
  launchedBy,
  launchedAt,
}: Pick<ExportedTrial, 'launchedBy' | 'launchedAt'>): Readonly<Record<string, string>> {
  const versions = published.flatMap((name) => {
    const value = launchedBy[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(versions),
    ...(launchedAt === undefined ? {} : { launched_at: launchedAt.toISOString() }),
  };
}
