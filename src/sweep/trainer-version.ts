/** Part of every training's identity; raised whenever the same training would give other tensors or metrics. */
export const trainerVersion = '3';
