import { freezeRows } from '../data/frozen-rows.ts';
import { planSweep } from '../search/planning/plan-sweep.ts';
import { noBase, noTaskShape } from '../sweep/no-base.ts';
import type { SweepDefinition } from '../sweep/sweep-definition.ts';
import type { ProgramSettings } from '../sweep/vocabulary.ts';
import { hashFiles } from '../train/program/program-files.ts';
import type { PreparedSweep } from './prepare-sweep.ts';

/** Plans a program's sweep: what it runs is looked at, rows and a base there are none. */
export function prepareProgramSweep(definition: SweepDefinition, program: ProgramSettings): PreparedSweep {
  const files = hashFiles(program);
  const settled = { ...program, ...(Object.keys(files).length === 0 ? {} : { files }) };
  const { bytes, ...none } = freezeRows([]);
  const inputs = { base: noBase(program), task: noTaskShape, train: none, dev: none, test: null };
  return {
    plan: planSweep({ ...definition, program: settled }, inputs),
    datasets: [{ ...none, content: bytes }],
    trainTokens: 0,
    devTokens: 0,
    longestRow: 0,
    encoderParameters: 0,
    remarks: remarksOf(settled, definition.name),
  };
}

function remarksOf({ command, files, folder }: ProgramSettings, sweep: string): readonly string[] {
  if (command === undefined) return [`its trainings wait for programs that ask: dropsweep ask ${sweep}`];
  const names = Object.keys(files ?? {});
  return [
    `runs in ${folder}`,
    names.length === 0
      ? 'none of its arguments is a file: a changed program is not noticed'
      : `a change of ${names.join(', ')} makes other trainings; what they import or read is not looked at`,
  ];
}
