import { dataInvalid, type RawRow } from '../../data/raw-row.ts';
import type { TaskRows } from '../task.ts';
import { freezeText, textCharacters } from '../text-rows.ts';

export const rows: TaskRows = {
  shape: () => ({ label_names: [] }),
  freeze,
  characters: textCharacters,
};

function freeze(row: RawRow) {
  const label = Number(row.label);
  if (Number.isFinite(label)) return freezeText({ ...row, label });
  throw dataInvalid(row.where, 'a target is not a number', { got: row.label, expected: 'a finite number' });
}
