/** Names that people have for states of trials, beside their own: filters take either. */
export const stateWords: Readonly<Record<string, readonly string[]>> = {
  failed: ['diverged', 'out_of_memory', 'infeasible', 'crashed'],
  done: ['succeeded'],
  training: ['running'],
  collapsed: ['collapsed'],
  reused: ['reused'],
};
