import { DropsweepError } from '../../base/errors.ts';
import type { Values } from '../../store/programs/tell-training.ts';

/** Not a finite number, as programs spell it. */
const notFinite = /^[+-]?(nan|inf|infinity)$/i;

/**
 * `accuracy=0.81 loss=4e-1`, each name once.
 * @throws REPORT_INVALID
 */
export function readValues(words: readonly string[]): Values {
  const values: Record<string, number> = {};
  for (const word of words) {
    const [, name, text = ''] = /^([A-Za-z_][A-Za-z0-9_.]*)=(.+)$/.exec(word) ?? [];
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (name === undefined) throw refused(word, word, 'give it as METRIC=VALUE, such as loss=0.4');
    if (name in values) throw refused(word, `${name} twice`, 'give each metric once');
    if (!Number.isFinite(value)) throw refused(word, text, notANumber(name, text));
    values[name] = value;
  }
  return values;
}

function notANumber(name: string, text: string): string {
  const isDivergence = notFinite.test(text.trim()) || Math.abs(Number(text)) === Infinity;
  if (!isDivergence) return `give a number, such as ${name}=0.4`;
  return `a training whose metric is no finite number has diverged: dropsweep tell LEASE --diverged "${name} is ${text}"`;
}

function refused(where: string, got: string, fix: string): DropsweepError {
  const expected = 'METRIC=VALUE with a finite number';
  return new DropsweepError('REPORT_INVALID', 'a value cannot be recorded', { where, got, expected, fix });
}
