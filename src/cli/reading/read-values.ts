import { DropsweepError } from '../../base/errors.ts';
import type { Values } from '../../store/programs/tell-training.ts';

/**
 * `accuracy=0.81 loss=4e-1`, each name once.
 * @throws REPORT_INVALID
 */
export function readValues(words: readonly string[]): Values {
  const values: Record<string, number> = {};
  for (const word of words) {
    const [, name, text] = /^([A-Za-z_][A-Za-z0-9_.]*)=(.+)$/.exec(word) ?? [];
    const value = text === undefined ? Number.NaN : Number(text);
    if (name === undefined || text?.trim() === '' || !Number.isFinite(value) || name in values) {
      throw new DropsweepError('REPORT_INVALID', 'a value cannot be recorded', {
        where: word,
        got: name !== undefined && name in values ? `${name} twice` : (text ?? word),
        expected: 'METRIC=VALUE with a finite number',
        fix: 'a training whose metric is NaN has diverged: dropsweep tell LEASE --failed "loss is NaN"',
      });
    }
    values[name] = value;
  }
  return values;
}
