import { type CutRemarks, rowsCutRemarks, shareOf } from '../cut-remarks.ts';

export const cutRemarks: CutRemarks = ({ rows = 0, fewer_examples: fewer = 0 }, of) => {
  const { split, rows: all, maxLength } = of;
  const withFewer = `${fewer} of ${all} ${split} rows (${shareOf(fewer, all)}) have fewer examples before them than were asked for`;
  return [
    ...(fewer === 0 ? [] : [`${withFewer}: with all they are longer than max_length ${maxLength}`]),
    ...rowsCutRemarks(rows, of),
  ];
};
