/** Part of every training's identity; raised whenever the same training would give other tensors or metrics. */
export const trainerVersion = '4';

/** Versions whose trainings this trainer trains as theirs did, to the bit. */
export const runnableVersions: ReadonlySet<string> = new Set(['3', trainerVersion]);

/** Whether padding has rows in a training step of that version: up to 3 it had. */
export function givesPaddingRows(version: string): boolean {
  return version === '3';
}

/** In its place where a program of the user's trains: what that computes is in its files' hashes alone. */
export const programVersion = 'program';

/** The version that trainings of a sweep are planned for now. */
export function plannedVersion({ program }: { readonly program?: unknown }): string {
  return program === undefined ? trainerVersion : programVersion;
}
