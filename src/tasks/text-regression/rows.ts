import { dataInvalid, type RawRow, readLabel } from '../../data/raw-row.ts';
import type { TaskRows } from '../task.ts';
import { freezeText, textCharacters } from '../text-rows.ts';

export const rows: TaskRows = {
  shape: () => ({ label_names: [] }),
  freeze,
  characters: textCharacters,
};

function freeze(row: RawRow) {
  const target = readLabel(row, 'label');
  const label = Number(target);
  if (Number.isFinite(label)) return freezeText(row, label);
  throw dataInvalid(row.where, 'a target is not a number', { got: target, expected: 'a finite number' });
}
