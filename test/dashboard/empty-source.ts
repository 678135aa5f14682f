import type { ViewSource } from '../../src/dashboard/reading/view-source.ts';

/** A record that holds nothing beside the snapshot. */
export const emptySource: ViewSource = {
  sweeps: async () => ({ total: 0, from: 0, rows: [] }),
  sweepFront: async () => null,
  events: async () => ({ total: 0, from: 0, rows: [] }),
  trial: (number) => Promise.reject(new Error(`there is no trial ${number}`)),
  training: (number) => Promise.reject(new Error(`there is no trial ${number}`)),
  outputs: async () => null,
  effects: async () => [],
  tradeoff: async () => ({ total: 0, drawn: 0, levels: null, points: [], front: [] }),
  axisMeans: async () => ({ scored: null, levels: [], means: [] }),
  configurations: async () => ({ total: 0, from: 0, rows: [] }),
  intervals: async (_, groups) => groups.map(() => null),
  search: async () => ({ decisions: [], from: 0, total: 0, rungs: [], savedSeconds: 0 }),
  workers: async () => [],
  watch: () => undefined,
};
