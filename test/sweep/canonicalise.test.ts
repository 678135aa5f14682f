import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicaliseEvaluation, canonicaliseTraining } from '../../src/sweep/canonicalise.ts';
import { trainingHash } from '../../src/sweep/identity.ts';
import { engineShape } from '../../src/sweep/packing.ts';
import { trainingDefaults } from '../../src/sweep/training-fields.ts';
import type { EvaluationRequest } from '../../src/sweep/sweep-definition.ts';
import type { TrainingConfiguration, TrainingSpecification } from '../../src/sweep/vocabulary.ts';
import { resolvedInputs } from './sweep-inputs.ts';

const rates = fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 0.99, noNaN: true }));

const configurations: fc.Arbitrary<TrainingConfiguration> = fc
  .record({
    dropout_rate: rates,
    sparsity: fc.double({ min: 0, max: 1, noNaN: true }),
    train_instances: fc.integer({ min: 1, max: 8 }),
    rank: fc.integer({ min: 1, max: 64 }),
    seed: fc.integer({ min: 0, max: 1000 }),
    adapter: fc.constantFrom('lora' as const, 'adalora' as const),
    targets: fc.subarray(['query', 'key', 'value'], { minLength: 1 }),
  })
  .map((values) => ({ ...trainingDefaults, ...values }));

const requests: fc.Arbitrary<EvaluationRequest> = fc.record({
  split: fc.constantFrom('dev' as const, 'test' as const),
  mode: fc.constantFrom('ensemble' as const, 'expected' as const, 'raw' as const),
  dropout_rate: fc.option(rates, { nil: null }),
  ensemble_size: fc.integer({ min: 1, max: 8 }),
  mask_seed: fc.integer({ min: 0, max: 5 }),
  aggregate: fc.constantFrom('logits' as const, 'probabilities' as const),
});

function specification(configuration: TrainingConfiguration): TrainingSpecification {
  const { base, task, train } = resolvedInputs();
  return { trainer: 'onnx', trainer_version: '1', configuration, base, task, train, total_steps: 30 };
}

describe('canonical configurations', () => {
  it('stay as they are when canonicalised again', () => {
    fc.assert(
      fc.property(configurations, (configuration) => {
        const once = canonicaliseTraining(configuration);
        expect(canonicaliseTraining(once)).toEqual(once);
      }),
    );
    fc.assert(
      fc.property(requests, rates, (request, rate) => {
        const once = canonicaliseEvaluation(request, { dropout_rate: rate });
        expect(canonicaliseEvaluation(once, { dropout_rate: rate })).toEqual(once);
        expect(canonicaliseEvaluation(once, { dropout_rate: 0.123 })).toEqual(once);
      }),
    );
  });

  it('forget N and lambda without dropout, and nothing with it', () => {
    const without = canonicaliseTraining({ ...trainingDefaults, dropout_rate: 0, sparsity: 0.1, train_instances: 4 });
    expect(without).toMatchObject({ sparsity: 0, train_instances: 1 });
    const dropped = { ...trainingDefaults, dropout_rate: 0.1, sparsity: 0.1, train_instances: 4 };
    expect(canonicaliseTraining(dropped)).toEqual(dropped);
  });

  it('leave out element-wise dropout of 0, and keep N with any of it, though not lambda', () => {
    const given = { ...trainingDefaults, sparsity: 0.1, train_instances: 4 };
    const none = canonicaliseTraining({ ...given, lora_dropout: 0, hidden_dropout: 0 });
    expect(none).toEqual({ ...trainingDefaults, train_instances: 1 });
    expect(trainingHash(specification(none))).toBe(trainingHash(specification(canonicaliseTraining(trainingDefaults))));
    for (const rates of [{ lora_dropout: 0.1 }, { hidden_dropout: 0.1 }]) {
      expect(canonicaliseTraining({ ...given, ...rates })).toEqual({
        ...trainingDefaults,
        ...rates,
        sparsity: 0,
        train_instances: 4,
      });
    }
    const dropped = { ...given, dropout_rate: 0.2, lora_dropout: 0.1, hidden_dropout: 0.3 };
    expect(canonicaliseTraining(dropped)).toEqual(dropped);
  });

  it('keep an ensemble at rate 0 of a training that drops elements, and know no other mode there', () => {
    const training = { dropout_rate: 0, lora_dropout: 0.1 };
    const request: EvaluationRequest = {
      split: 'dev',
      mode: 'ensemble',
      dropout_rate: null,
      ensemble_size: 4,
      mask_seed: 1,
      aggregate: 'probabilities',
    };
    const asked = canonicaliseEvaluation(request, training);
    expect(asked).toEqual({ ...request, dropout_rate: 0 });
    expect(canonicaliseEvaluation(asked, training)).toEqual(asked);
    expect(canonicaliseEvaluation({ ...request, mode: 'expected' }, training)).toMatchObject({ mode: 'raw' });
    const masked = { dropout_rate: 0.5, hidden_dropout: 0.1 };
    expect(canonicaliseEvaluation({ ...request, dropout_rate: 0 }, masked)).toMatchObject({ mode: 'ensemble' });
    expect(canonicaliseEvaluation({ ...request, mode: 'expected' }, masked)).toMatchObject({ mode: 'expected' });
  });

  it('hold what is the adapter’s own, filled in, and nothing of another', () => {
    const lora = canonicaliseTraining({ ...trainingDefaults, orthogonality: 0.3, target_rank: 4, scaling: 'standard' });
    expect(lora).toEqual(trainingDefaults);
    const adalora = canonicaliseTraining({ ...trainingDefaults, adapter: 'adalora', rank: 12, orthogonality: 0.3 });
    expect(adalora).toMatchObject({ orthogonality: 0.3, target_rank: 8, allocation_interval: 10 });
    expect(canonicaliseTraining(adalora)).toEqual(adalora);
  });

  it('forget how ranks are taken away where none is', () => {
    const keeping = { ...trainingDefaults, adapter: 'adalora' as const, target_rank: 8 };
    const other = { ...keeping, target_rank: 9, allocation_interval: 3, sensitivity_smoothing: 0.5 };
    expect(canonicaliseTraining(other)).toEqual(canonicaliseTraining(keeping));
    expect(canonicaliseTraining({ ...other, orthogonality: 0 })).toMatchObject({ orthogonality: 0, target_rank: 8 });
  });

  it('write down rank-stabilised scaling and layers, as a set, where they are asked for', () => {
    const asked = { ...trainingDefaults, scaling: 'rank_stabilized' as const, layers: [10, 2, 2] };
    expect(canonicaliseTraining(asked)).toEqual({ ...asked, layers: [2, 10] });
  });

  it('keep M where the evaluation drops, though the training does not', () => {
    const request: EvaluationRequest = {
      split: 'dev',
      mode: 'ensemble',
      dropout_rate: 0.5,
      ensemble_size: 4,
      mask_seed: 1,
      aggregate: 'probabilities',
    };
    expect(canonicaliseEvaluation(request, { dropout_rate: 0 })).toEqual(request);
    expect(canonicaliseEvaluation({ ...request, dropout_rate: null }, { dropout_rate: 0 })).toMatchObject({
      mode: 'raw',
      ensemble_size: 1,
    });
    expect(canonicaliseEvaluation({ ...request, dropout_rate: 0 }, { dropout_rate: 0.5 })).toMatchObject({
      mode: 'raw',
      ensemble_size: 1,
    });
  });
});

describe('an engine shape', () => {
  it('holds whether elements are dropped, of either kind, and not at what rate', () => {
    const shape = (rates: Partial<TrainingConfiguration>) =>
      engineShape(specification({ ...trainingDefaults, ...rates }));
    const shapes = [
      shape({}),
      shape({ lora_dropout: 0.1 }),
      shape({ hidden_dropout: 0.1 }),
      shape({ lora_dropout: 0.1, hidden_dropout: 0.1 }),
    ];
    expect(new Set(shapes).size).toBe(shapes.length);
    expect(shape({ lora_dropout: 0.9, hidden_dropout: 0.2 })).toBe(shapes[3]);
    expect(shape({ lora_dropout: 0 })).toBe(shapes[0]);
  });
});

describe('the identity of a training', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(configurations, fc.infiniteStream(fc.nat()), (configuration, keys) => {
        const shuffled = Object.entries(configuration)
          .map((entry) => ({ entry, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ entry }) => entry);
        const other = { ...configuration };
        for (const [name] of shuffled) Reflect.deleteProperty(other, name);
        Object.assign(other, Object.fromEntries(shuffled));
        expect(trainingHash(specification(other))).toBe(trainingHash(specification(configuration)));
      }),
    );
  });

  it('stays what it was before a field was added', () => {
    const original = specification(canonicaliseTraining(trainingDefaults));
    expect(trainingHash(original)).toBe('3ee757a6c38d38ae76e60177cf74945e21a0b13d66f0140b9f2129b215a902ce');
    expect(engineShape(original)).toBe('f5b5084f9ad0ccb2887911865ee95d616286d36839bd886053332867097f68dc');
  });

  it('changes with each thing that the tensors depend on', () => {
    const original = specification(trainingDefaults);
    const hash = trainingHash(original);
    const others: readonly TrainingSpecification[] = [
      { ...original, trainer: 'simulated' },
      { ...original, trainer_version: '2' },
      { ...original, total_steps: 31 },
      { ...original, train: { ...original.train, hash: 'f'.repeat(64) } },
      { ...original, base: { ...original.base, content_hash: 'f'.repeat(64) } },
      { ...original, base: { ...original.base, tokenizer_hash: 'f'.repeat(64) } },
      { ...original, task: { ...original.task, label_names: ['spam', 'ham'] } },
      { ...original, configuration: { ...trainingDefaults, seed: 1 } },
      { ...original, configuration: { ...trainingDefaults, lora_dropout: 0.1 } },
      { ...original, configuration: { ...trainingDefaults, hidden_dropout: 0.1 } },
    ];
    expect(new Set([hash, ...others.map(trainingHash)]).size).toBe(others.length + 1);
    const elsewhere = { ...original, base: { ...original.base, folder: '/other', reference: 'other/name' } };
    expect(trainingHash(elsewhere)).toBe(hash);
  });
});

describe('rows of a gap', () => {
  it('are written down where they are not what they are by default', () => {
    const request = {
      split: 'dev',
      mode: 'expected',
      dropout_rate: 0.5,
      ensemble_size: 1,
      mask_seed: 0,
      aggregate: 'logits',
    } as const;
    const asked = (rows: number) => canonicaliseEvaluation({ ...request, gap_rows: rows }, trainingDefaults);
    expect(asked(128)).toEqual(canonicaliseEvaluation(request, trainingDefaults));
    expect(asked(64)).toMatchObject({ gap_rows: 64 });
  });
});
