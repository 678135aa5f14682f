import { expect, it } from 'vitest';
import { sharedMasks } from '../../src/launch/shared-masks.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { planSweep } from '../support/whole-plan.ts';

const there = { isFile: () => true, isFolder: () => true };

/** What a launch is told of a sweep of language modelling. */
function told(space: string, pack: boolean): readonly string[] {
  const file = `name: s
base: org/model
task: {kind: language-modelling, pack: ${pack}, data: {train: ./a.json, dev: ./b.json}}
space: {${space}}
`;
  const definition = parseSweepFile(file, '/home/user/s.yaml', there, taskSections, searchSections);
  const task = { kind: 'language-modelling', label_names: [], ...(pack ? { settings: { pack } } : {}) };
  return sharedMasks(planSweep(definition, resolvedInputs({ task })));
}

it('masks for each row are told of where texts are packed into one, and nowhere else', () => {
  const rows = 'p: [0, 0.3], mask_sharing: [instance, row]';
  expect(told(rows, true)).toEqual([expect.stringMatching(/^warning: mask_sharing: row .* share it$/)]);
  expect(told(rows, false)).toEqual([]);
  expect(told('p: [0.3], mask_sharing: [instance, step]', true)).toEqual([]);
  // Without anything dropped it has no effect.
  expect(told('p: [0], mask_sharing: [row]', true)).toEqual([]);
});
