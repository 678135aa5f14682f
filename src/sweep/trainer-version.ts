/** Part of every training's identity; raised whenever the same training would give other tensors or metrics. */
export const trainerVersion = '4';

/** In its place where a program of the user's trains: what that computes is in its files' hashes alone. */
export const programVersion = 'program';
