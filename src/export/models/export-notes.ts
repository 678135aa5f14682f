import { formatCount } from '../../base/format-count.ts';
import { formatNumber } from '../../metrics/values/format-number.ts';
import type { TrialRow } from '../../store/views/sweep-snapshot.ts';
import { selectionSentence } from '../../sweep/selection-sentence.ts';
import { keptShare } from './kept-share.ts';

/** In what the export computes something else than what the trial's scores were measured on, in sentences. */
export function exportNotes(
  { configuration, evaluation }: Pick<TrialRow, 'configuration' | 'evaluation'>,
  form: 'without_masks' | 'as_measured',
): readonly string[] {
  const notes: string[] = [];
  if (form === 'without_masks') {
    const share = keptShare({ configuration, evaluation });
    if (share !== 1)
      notes.push(
        `The update is multiplied by ${formatNumber(share)}, ${shareWords(configuration)}: the expected one, without masks.`,
      );
    if (evaluation.mode === 'ensemble') {
      const members = formatCount(evaluation.ensemble_size, 'masked member');
      notes.push(
        `The scores are of ${members}; this model draws no masks. Its own scores are those of mode: expected;` +
          ' merge --as onnx writes the ensemble as it was measured.',
      );
    }
  }
  const selected = selectionSentence(configuration);
  if (selected !== null) notes.push(selected);
  if (configuration.base_precision === 'int8_all') {
    notes.push('The scores are of the base quantised to int8; here the base is in float32, and scores may differ.');
  } else if (configuration.base_precision === 'float16') {
    notes.push('The scores are of the base in float16; here the base is in float32.');
  }
  return notes;
}

function shareWords({ masked }: TrialRow['configuration']): string {
  return masked === undefined ? '(1 − p)²' : '1 − p';
}
