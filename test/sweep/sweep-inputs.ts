import type { ResolvedInputs } from '../../src/sweep/sweep-definition.ts';

/** Inputs of a sweep as launching resolves them. */
export function resolvedInputs(change: Partial<ResolvedInputs> = {}): ResolvedInputs {
  return {
    base: {
      reference: 'sentence-transformers/all-MiniLM-L6-v2',
      folder: '/models/minilm',
      content_hash: 'b'.repeat(64),
      tokenizer_hash: 'c'.repeat(64),
    },
    task: { kind: 'classification', label_names: ['ham', 'spam'] },
    train: { hash: 'd'.repeat(64), rows: 96 },
    dev: { hash: 'e'.repeat(64), rows: 400 },
    test: null,
    ...change,
  };
}
