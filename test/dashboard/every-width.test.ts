import { describe, expect, it } from 'vitest';
import type { ViewSource } from '../../src/dashboard/reading/view-source.ts';
import { smallestWidth } from '../../src/dashboard/terminal/frame-layout.ts';
import { initialViewState } from '../../src/dashboard/view-state.ts';
import { viewNamed, views } from '../../src/dashboard/views/views.ts';
import type { SweepSnapshot, TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import { cockpitSource } from './cockpit-source.ts';
import { cockpitSnapshot, cockpitTrials } from './cockpit-trials.ts';
import { drawFrame } from './draw-frame.ts';
import { foldedSource } from './folded-source.ts';
import { viewRequest } from './view-request.ts';

/*
 * Values that would read as others if they were cut: trial 83,311 as 8331, λ = 3.289e-5 as 3.289, seed 20240101 as 2024.
 * Every view draws them, in every width from the least that has one to 300 columns.
 */
const firstTrial = 83_310;
const sparsities = new Map([
  [1e-4, 3.289e-5],
  [1e-3, 6.872e-4],
]);

const told = (number: number): number => number + firstTrial;

function distinct(row: TrialRow): TrialRow {
  const { sparsity, seed } = row.configuration;
  return {
    ...row,
    trial: told(row.trial),
    configuration: { ...row.configuration, sparsity: sparsities.get(sparsity) ?? sparsity, seed: 20_240_100 + seed },
  };
}

/** The made-up record with such values. */
const source: ViewSource = {
  ...cockpitSource,
  ...foldedSource(cockpitTrials.map(distinct)),
  async trial(number) {
    const details = await cockpitSource.trial(number);
    return { ...details, trial: distinct(details.trial) };
  },
  async training(number) {
    const curves = await cockpitSource.training(number);
    return { ...curves, trial: distinct(curves.trial) };
  },
  async events(...asked) {
    const page = await cockpitSource.events(...asked);
    const text = (words: string): string =>
      words.replaceAll(/(trials? )(\d+)/g, (_, of, number) => of + told(Number(number)));
    return { ...page, rows: page.rows.map((row) => ({ ...row, text: text(row.text) })) };
  },
  async search(...asked) {
    const found = await cockpitSource.search(...asked);
    return {
      ...found,
      decisions: found.decisions.map((row) => ({ ...row, trial: row.trial === null ? null : told(row.trial) })),
    };
  },
  async workers() {
    const list = await cockpitSource.workers();
    return list.map((worker) => ({
      ...worker,
      running: worker.running.map((segment) => ({ ...segment, trial: told(segment.trial) })),
      struck: worker.struck.map((training) => ({ ...training, trial: told(training.trial) })),
    }));
  },
};

function snapshot(): SweepSnapshot {
  const made = cockpitSnapshot();
  return {
    ...made,
    definition: { ...made.definition, space: { ...made.definition.space, sparsity: [0, 3.289e-5, 6.872e-4] } },
    trials: made.trials.map(distinct),
    slots: made.slots.map((slot) => ({
      ...slot,
      running: slot.running === null ? null : { ...slot.running, trial: told(slot.running.trial) },
    })),
  };
}

const whole = [
  ...Array.from({ length: 240 }, (_, index) => String(told(index + 1))),
  '3.289e-5',
  '6.872e-4',
  '20240101',
  '20240102',
  '20240103',
  '20240104',
];
const wholes = new Set(whole);
/** What is left of each where it is cut: three characters at least, as shorter ones are in much else. */
const beginnings = new Set(
  whole.flatMap((value) => Array.from({ length: value.length - 3 }, (_, length) => value.slice(0, length + 3))),
);

/** Numbers of a line that are the beginning of one of the values, without a sign that they were cut. */
function cut(line: string): readonly string[] {
  return [...line.matchAll(/(?<![\d.,e-])\d[\d.]*(?:e-?\d*)?(?!\d)…?/g)]
    .map(([found]) => found)
    .filter((found) => beginnings.has(found) && !wholes.has(found));
}

/** By which λ is drawn wherever one may choose. */
const choices = { 'axes x': 'sparsity', 'trade-off hue': 'sparsity' };

describe('no value is cut so that it reads as another', () => {
  const made = snapshot();

  it.each(views.map(({ name }) => name))('in %s, at any width from 40 to 300', async (name) => {
    const view = { ...initialViewState, view: name, subject: '7', choices };
    const { read, drawn } = viewNamed(name);
    const shown = read === null ? drawn : await read(source, viewRequest(made, view));
    let seen = '';
    for (let width = smallestWidth; width <= 300; width += 1) {
      const frame = drawFrame({ snapshot: made, view, read: shown, width, height: 30 });
      const wrong = frame.split('\n').flatMap((line) => cut(line).map((value) => `${value} at ${width}: ${line}`));
      expect(wrong).toEqual([]);
      seen += frame;
    }
    // That such values are drawn at all; nothing of single trials is in these.
    if (name !== 'sweeps') expect(whole.some((value) => seen.includes(value))).toBe(true);
  });

  it('and below that no view is drawn: what it needs is said whole, at any width from 12 on', () => {
    for (let width = 12; width < smallestWidth; width += 1) {
      const frame = drawFrame({ snapshot: made, width, height: 30 });
      expect(frame, String(width)).toContain('needs 40×10');
      expect(frame.trim().split('\n')).toHaveLength(1);
    }
  });

  it('which a cut one would be found by', () => {
    expect(cut('8331  3.289 2024010  833… 83311 3.289e-5 20240101 0.8331 1833')).toEqual(['8331', '3.289', '2024010']);
    expect(cut('3.289e- 6.87')).toEqual(['3.289e-', '6.87']);
  });
});
