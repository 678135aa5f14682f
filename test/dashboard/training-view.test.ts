import type { StepValue } from '../../src/store/views/step-values.ts';
import { describe, expect, it } from 'vitest';
import { initialViewState } from '../../src/dashboard/view-state.ts';
import type { TrainingCurves } from '../../src/dashboard/reading/view-source.ts';
import { trialFacts } from '../../src/dashboard/views/trial.ts';
import { viewNamed } from '../../src/dashboard/views/views.ts';
import { drawFrame } from './draw-frame.ts';
import { emptySource } from './empty-source.ts';
import { ago, metrics, situations, trial } from './sweep-fixture.ts';
import { viewRequest } from './view-request.ts';

const steps = 240;
const along = (value: (step: number) => number): StepValue[] =>
  Array.from({ length: steps }, (_, at) => ({ step: at + 1, value: value(at + 1) }));

const curves: TrainingCurves = {
  constants: null,
  trial: trial(7, { state: 'running', step: steps, totalSteps: 360, claimedSegments: 1 }),
  steps: {
    loss: along((step) => 0.69 * Math.exp(-step / 80) + 0.05 * Math.sin(step / 3) ** 2),
    gradient_norm: along((step) => (step === 100 ? Number.NaN : 1 + Math.cos(step / 20))),
    learning_rate: along((step) => 5e-4 * Math.min(step / 36, (360 - step) / 324)),
  },
  onTheWay: [60, 120, 180, 240].map((step) => ({ step, metrics: metrics({ accuracy: 0.7 + step / 1200 }) })),
  byMembers: [1, 2, 4, 8].map((members) => ({ members, metrics: metrics({ accuracy: 0.9 - 0.05 / members }) })),
  events: Array.from({ length: 30 }, (_, index) => ({
    id: index,
    at: ago(300 - index),
    kind: 'checkpoint',
    trials: [7],
    text: `checkpoint (trial 7), step ${8 * (index + 1)}`,
  })),
};

async function frame(of: TrainingCurves, width: number, height: number, offset = 0): Promise<string> {
  const { read } = viewNamed('training');
  const source = { ...emptySource, training: async () => of };
  const shown = await read?.(source, viewRequest(situations.running(), { subject: '7' }));
  const view = { ...initialViewState, view: 'training', subject: '7', offset };
  return drawFrame({ snapshot: situations.running(), view, read: shown ?? null, width, height });
}

describe('the training view', () => {
  it.each([
    [60, 20],
    [80, 24],
    [120, 40],
  ])('shows curves, the M-curve and the log in %i×%i', async (width, height) => {
    await expect(`${await frame(curves, width, height)}\n`).toMatchFileSnapshot(
      `frames/training-${width}x${height}.txt`,
    );
  });

  it('scrolls to what does not fit, down to the log', async () => {
    const narrow = await frame(curves, 60, 20);
    expect(narrow).toContain('trial 7, training loss');
    expect(narrow).not.toContain('log: running');
    expect(await frame(curves, 60, 20, 99)).toContain('log: running, step 240 of 360, 30 events');
    expect(await frame(curves, 60, 20, 99)).toContain('checkpoint (trial 7), step 240');
  });

  it('says what is not finite, and what there is nothing of yet', async () => {
    expect(await frame(curves, 120, 40)).toContain('gradient norm 1.84 at step 240, 1 NOT FINITE');
    const fresh = { ...curves, steps: { loss: [], gradient_norm: [] }, onTheWay: [], byMembers: [], events: [] };
    const lines = await frame(fresh, 80, 24);
    expect(lines).toContain('nothing to draw yet');
    expect(lines).not.toContain('gradient norm');
  });

  it('of a program has no settings of an evaluation beside the trial’s own', () => {
    const { definition } = situations.running();
    const factsOf = (trainer: 'simulated' | 'asked'): string =>
      trialFacts(trial(7), { ...definition, trainer })
        .map((line) => line.map(({ text }) => text).join(''))
        .join('\n');
    expect(factsOf('simulated')).toContain('evaluation mode');
    expect(factsOf('asked')).not.toContain('evaluation');
  });

  it('is what enter opens on a trial', async () => {
    const { read } = viewNamed('trial');
    const source = { ...emptySource, trial: async () => ({ trial: curves.trial, events: [], losses: [] }) };
    const shown = await read?.(source, viewRequest(situations.running(), { subject: '7' }));
    expect(shown?.open({ snapshot: situations.running(), state: initialViewState })).toEqual({
      view: 'training',
      subject: '7',
    });
  });
});
