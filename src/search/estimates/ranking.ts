import type { KindField, KindSettings } from '../../sweep/file/search-section.ts';
import type { YamlSection } from '../../sweep/file/yaml-section.ts';

/** The order of results: by the first objective, or by all of them, by fronts. */
export type Ranking = 'first' | 'front';

export const rankingField: KindField = {
  name: 'by',
  expected: 'first, front',
  sentence: 'What results are ranked by: the first objective, or fronts over all objectives; default first',
};

/** Left out where it is the default: what was launched before it was there is the same. */
export function readRanking(section: YamlSection): KindSettings {
  return section.choice('by', ['first', 'front']) === 'front' ? { by: 'front' } : {};
}

export function rankingOf(settings: KindSettings): Ranking {
  return settings['by'] === 'front' ? 'front' : 'first';
}
