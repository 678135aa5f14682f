import { dataInvalid, type RawRow, readLabel } from '../../data/raw-row.ts';
import type { TaskRows } from '../task.ts';
import { freezeText, textCharacters, isEmptyText, textContent, textSequences, thawText } from '../text-rows.ts';

export const rows: TaskRows = {
  shape: () => ({ label_names: [] }),
  freeze,
  characters: textCharacters,
  content: textContent,
  isEmpty: isEmptyText,
  sequences: textSequences,
  target: (row) => thawText(row).label,
  unlabelled: {
    lack: ['label'],
    complete: (row) => ({ ...row, cells: { ...row.cells, label: 0 } }),
  },
  oddities(rows) {
    const [first, second] = new Set(rows.map((row) => thawText(row).label));
    if (rows.length < 2 || first === undefined || second !== undefined) return [];
    return [`all ${rows.length} targets are ${first}; no correlation is defined`];
  },
};

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * The loss and its gradients are of float32: of larger targets the squares that are summed over a batch, and those of the
 * gradients that Adam keeps, are infinite there, or soon will be.
 */
const largestTarget = 1e15;

function freeze(row: RawRow) {
  const { label: given } = row.cells;
  const target = typeof given === 'number' ? String(given) : readLabel(row, 'label');
  const label = decimal.test(target) ? Number(target) : Number.NaN;
  if (!Number.isFinite(label)) {
    throw dataInvalid(row.where, 'a target is not a number', {
      got: target,
      expected: 'a finite decimal number',
      fix: 'correct the row or take it out',
    });
  }
  if (Math.abs(label) > largestTarget) {
    throw dataInvalid(row.where, 'a target is too large to be trained on', {
      got: target,
      expected: `at most ${largestTarget}, of either sign: losses and gradients are float32`,
      fix: 'scale the targets, such as to a standard deviation of 1',
    });
  }
  return freezeText(row, label);
}
