import { isScalar } from 'yaml';
import type { EvaluationRequest, SetDefinition } from '../sweep-definition.ts';
import { defaultGapRows } from '../gap-rows.ts';
import { rate, seedRule, wholeFrom } from './number-rules.ts';
import type { TaskField, TaskSection } from './task-section.ts';
import type { EvaluationMode, EvaluationSplit } from '../vocabulary.ts';
import type { YamlSection } from './yaml-section.ts';

export interface EvaluationReading {
  readonly evaluations: readonly EvaluationRequest[];
  readonly every: 'epoch' | number | null;
  readonly sets: readonly SetDefinition[];
}

/** The members of `evaluation`, for docs/sweep-file.md. A list asks for an evaluation of each training by each. */
export const evaluationFields: readonly TaskField[] = [
  {
    name: 'mode',
    expected: 'ensemble, expected, raw, or a list',
    sentence:
      'The mean of M masked passes; one pass with the update’s expectation; one with the whole update. Default: ensemble where `space` has M, else expected',
  },
  { name: 'split', expected: 'dev, test, or a list', sentence: 'Rows that are evaluated; default dev' },
  {
    name: 'aggregate',
    expected: 'logits, probabilities, or a list',
    sentence: 'What is averaged over members, of what the task offers; default: the first that it does',
  },
  {
    name: 'dropout_rate',
    expected: 'numbers in [0, 1), or training',
    sentence: 'Rate of the masks (`p` too); default: the training’s own',
  },
  {
    name: 'mask_seed',
    expected: 'whole numbers of at least 0',
    sentence: 'What members’ masks are drawn by; default 0',
  },
  {
    name: 'evaluate_every',
    expected: 'epoch, or a whole number of steps',
    sentence:
      'Evaluations along the way, by the first of those asked for, beside those at rungs and the end; default: none',
  },
  {
    name: 'gap_rows',
    expected: 'a whole number of at least 1',
    sentence: `Train rows that gaps are taken on; default ${defaultGapRows}`,
  },
  { name: 'sets', expected: 'names, each with data', sentence: 'Further sets of rows, see below' },
];

/**
 * The `evaluation` section, crossed with the ensemble sizes of the space. Without a mode it is `ensemble` where the
 * space names ensemble sizes, else `expected`.
 * @param readSets reads the section's `sets`
 */
export function readEvaluation(
  file: YamlSection,
  ensembleSizes: readonly number[],
  task: TaskSection | undefined,
  readSets: (section: YamlSection) => readonly SetDefinition[],
): EvaluationReading {
  const section = file.section('evaluation');
  const choices = <Choice extends string>(
    key: string,
    known: readonly Choice[],
    otherwise: Choice,
  ): readonly Choice[] => {
    const field = section?.field(key) ?? null;
    if (field === null || section === null) return [otherwise];
    return section.list(field, (item) => section.choiceOf(item, known));
  };
  const fallback: EvaluationMode = ensembleSizes.length > 0 ? 'ensemble' : 'expected';
  const modes = choices<EvaluationMode>('mode', ['ensemble', 'expected', 'raw'], fallback);
  const splits = choices<EvaluationSplit>('split', ['dev', 'test'], 'dev');
  const averaged = task?.aggregates ?? ['logits', 'probabilities'];
  const aggregates = choices('aggregate', averaged, averaged[0] ?? 'logits');
  const rates = readRates(section);
  const seedField = section?.field('mask_seed') ?? null;
  const maskSeeds =
    section === null || seedField === null ? [0] : section.list(seedField, (item) => section.numberOf(item, seedRule));
  const every = readEvery(section);
  const wanted = section?.number('gap_rows', wholeFrom(1)) ?? defaultGapRows;
  const gapRows = wanted === defaultGapRows ? {} : { gap_rows: wanted };
  const sets = section === null ? [] : readSets(section);
  section?.finish();
  const sizes = ensembleSizes.length > 0 ? ensembleSizes : [1];
  const evaluations = splits.flatMap((split) =>
    modes.flatMap((mode) =>
      rates.flatMap((dropoutRate) =>
        sizes.flatMap((size) =>
          maskSeeds.flatMap((maskSeed) =>
            aggregates.map((aggregate) => ({
              split,
              mode,
              dropout_rate: dropoutRate,
              ensemble_size: size,
              mask_seed: maskSeed,
              aggregate,
              ...gapRows,
            })),
          ),
        ),
      ),
    ),
  );
  return { evaluations, every, sets };
}

/** `evaluate_every: epoch`, or a number of steps. */
function readEvery(section: YamlSection | null): 'epoch' | number | null {
  const field = section?.field('evaluate_every') ?? null;
  if (field === null || section === null) return null;
  if (isScalar(field.node) && field.node.value === 'epoch') return 'epoch';
  return section.numberOf(field, { ...wholeFrom(1), expected: 'epoch, or a whole number of steps' });
}

/** `training` stands for the training's own rate: null. */
function readRates(section: YamlSection | null): readonly (number | null)[] {
  const field = section?.field('dropout_rate', 'p') ?? null;
  if (field === null || section === null) return [null];
  const values = section.list<number | string>(field, (item) =>
    String(item.node) === 'training'
      ? 'training'
      : section.numberOf(item, { ...rate, expected: 'a number in [0, 1), or training' }),
  );
  return values.map((value) => (typeof value === 'string' ? null : value));
}
