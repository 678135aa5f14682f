import { describe, expect, it } from 'vitest';
import { initialViewState } from '../../src/dashboard/view-state.ts';
import { viewNamed } from '../../src/dashboard/views/views.ts';
import type { EvaluationRequest } from '../../src/sweep/sweep-definition.ts';
import { cockpitSource } from './cockpit-source.ts';
import { cockpitSnapshot } from './cockpit-trials.ts';
import { drawFrame } from './draw-frame.ts';
import { foldedSource } from './folded-source.ts';
import { viewRequest } from './view-request.ts';

const plain: EvaluationRequest = {
  ...{ split: 'dev', mode: 'ensemble', dropout_rate: null },
  ...{ ensemble_size: 4, mask_seed: 0, aggregate: 'logits' },
};

/** Every training evaluated in two ways, with the same score. */
async function drawn(view: string, other: Partial<EvaluationRequest>): Promise<string> {
  const base = cockpitSnapshot();
  const evaluations = [plain, { ...plain, ...other }];
  const [first] = base.trials;
  if (first === undefined) throw new Error('there are trials');
  const trials = evaluations.map((evaluation, index) => ({
    ...first,
    trial: index + 1,
    evaluation: { ...evaluation, dropout_rate: evaluation.dropout_rate ?? first.configuration.dropout_rate },
  }));
  const definition = { ...base.definition, evaluations };
  const snapshot = { ...base, definition, trials, trialCount: trials.length };
  const { read, drawn: whole } = viewNamed(view);
  const source = { ...cockpitSource, ...foldedSource(trials) };
  const shown = read === null ? whole : await read(source, viewRequest(snapshot));
  return drawFrame({ snapshot, view: { ...initialViewState, view }, read: shown, width: 200, height: 24 });
}

describe.each(['trials', 'configurations'])('rows of %s whose evaluations differ', (view) => {
  it.each<Partial<EvaluationRequest>>([
    { ensemble_size: 1 },
    { mode: 'raw' },
    { split: 'test' },
    { dropout_rate: 0.9 },
    { mask_seed: 7 },
    { aggregate: 'probabilities' },
  ])('in %j never read the same', async (other) => {
    const rows = (await drawn(view, other)).split('\n').slice(5, 7);
    const settings = rows.map((row) => row.replace(/^[*>+# ]*\d* /, '').trim());
    expect(settings[0]).not.toBe('');
    expect(settings[0]).not.toBe(settings[1]);
  });
});
