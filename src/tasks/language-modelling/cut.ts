import { formatCount } from '../../base/format-count.ts';
import { dataInvalid } from '../../data/raw-row.ts';
import { type CutRemarks, rowsCutRemarks } from '../cut-remarks.ts';

export const cutRemarks: CutRemarks = ({ rows = 0, emptied = 0 }, of) => {
  if (emptied === 0 || emptied < of.rows)
    return rowsCutRemarks(rows, of, emptied === 0 ? '' : `; ${emptied} of them keep nothing of their responses`);
  throw dataInvalid('training.max_length', `every ${of.split} row loses its response to max_length`, {
    got: formatCount(of.maxLength, 'token'),
    expected: 'room for some tokens of the responses',
    fix: 'raise max_length, or shorten what stands before the responses',
  });
};
