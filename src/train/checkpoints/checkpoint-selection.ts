import type { DevSelection } from '../segments/dev-selection.ts';

const vector = 'kept_parameters';

type Metadata = Readonly<Record<string, string>>;

/** A checkpoint's tensors of the looks at the dev rows; none where the last step is kept. */
export function serialiseSelection(selection: DevSelection | undefined, length: number) {
  if (selection === undefined) return { tensors: [], metadata: {} };
  const { lookedAt, misses, kept, stoppedAt } = selection;
  const numbers = { looked_at: lookedAt, misses, stopped_at: stoppedAt };
  const best = kept === null ? {} : { kept_step: kept.step, kept_value: kept.value };
  return {
    tensors: kept === null ? [] : [{ name: vector, shape: [length], data: kept.parameters }],
    metadata: { selection: JSON.stringify({ ...numbers, ...best }) },
  };
}

/**
 * @param read a vector of the checkpoint
 * @throws RangeError where what is there contradicts itself
 */
export function readSelection(
  metadata: Metadata,
  read: (name: string) => Float32Array,
): { readonly selection?: DevSelection } {
  const text = metadata['selection'];
  if (text === undefined) return {};
  const found: Readonly<Record<string, unknown>> = JSON.parse(text);
  const number = (name: string): number => {
    const value = found[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new RangeError(`${name} is no number`);
    return value;
  };
  const kept =
    found['kept_step'] === undefined
      ? null
      : { step: number('kept_step'), value: number('kept_value'), parameters: read(vector) };
  const stoppedAt = found['stopped_at'] === null ? null : number('stopped_at');
  return { selection: { lookedAt: number('looked_at'), misses: number('misses'), kept, stoppedAt } };
}
