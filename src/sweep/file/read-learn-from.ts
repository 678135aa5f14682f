import { isMap } from 'yaml';
import type { SamplerSection } from './search-section.ts';
import { sweepNameExpected, sweepNamePattern } from './read-name.ts';
import { YamlSection } from './yaml-section.ts';

/** `learn_from` of the search: names of finished sweeps whose results it begins with. Empty: none, or a problem. */
export function readLearnFrom(file: YamlSection, sampler: SamplerSection | undefined): readonly string[] {
  const search = file.field('search');
  if (search === null || !isMap(search.node)) return [];
  const section = new YamlSection(file.reading, search.node, search.name);
  const field = section.has('learn_from') ? section.field('learn_from') : null;
  if (field === null) return [];
  if (sampler !== undefined && sampler.adapts !== true) {
    section.reading.report(
      field.node,
      field.name,
      `is for searches whose points follow from results, which ${sampler.kind}’s do not`,
    );
    return [];
  }
  return section.items(field).flatMap((item) => {
    const name = section.textOf(item);
    if (name !== null && sweepNamePattern.test(name)) return [name];
    if (name !== null) section.wrong(item, `a sweep’s name: ${sweepNameExpected}`);
    return [];
  });
}
