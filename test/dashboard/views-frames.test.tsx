import { describe, expect, it } from 'vitest';
import { allMetrics } from '../../src/metrics/metrics.ts';
import { drawnName } from '../../src/dashboard/tables/view-columns.ts';
import { initialViewState, type ViewState } from '../../src/dashboard/view-state.ts';
import { viewNamed, views } from '../../src/dashboard/views/views.ts';
import { cockpitSource } from './cockpit-source.ts';
import { cockpitSnapshot } from './cockpit-trials.ts';
import { metrics } from './sweep-fixture.ts';
import { drawFrame } from './draw-frame.ts';
import { viewRequest } from './view-request.ts';

const sizes = [
  [60, 20],
  [80, 24],
  [160, 50],
] as const;

async function frame(name: string, width: number, height: number, change: Partial<ViewState> = {}): Promise<string> {
  const snapshot = cockpitSnapshot();
  const view = { ...initialViewState, view: name, subject: '7', ...change };
  const { read, drawn } = viewNamed(name);
  const first = read === null ? drawn : await read(cockpitSource, viewRequest(snapshot, view));
  const shown = (await first?.refine?.()) ?? first;
  return drawFrame({ snapshot, view, read: shown, width, height });
}

describe('every view', () => {
  for (const { name } of views) {
    for (const [width, height] of sizes) {
      it(`${name} fills ${width}×${height}`, async () => {
        await expect(`${await frame(name, width, height)}\n`).toMatchFileSnapshot(
          `frames/view-${name}-${width}x${height}.txt`,
        );
      });
    }

    it(`${name} is never wider or higher than the terminal, whatever its size`, async () => {
      // drawFrame throws where a line is too wide or there are too many.
      for (const [width, height] of [
        [40, 10],
        [95, 11],
        [199, 70],
      ] as const)
        await frame(name, width, height, { marked: [3, 9] });
    });
  }
});

describe('what is chosen in a view', () => {
  it('puts other metrics on the axes of the trade-off, which may be logarithmic', async () => {
    const choices = {
      'trade-off x': 'train_seconds',
      'trade-off y': 'ece',
      'trade-off hue': 'rank',
      'trade-off log': 'x',
    };
    const shown = await frame('trade-off', 160, 40, { choices, selected: 1 });
    expect(shown).toMatch(/── ECE by train s, means over seeds: front of \d+ of 60/);
    expect(shown).toContain('rank: ● 4  ▲ 8');
    expect(shown).toContain('train s (log) →');
    expect(shown).toMatch(/2 of \d+ on the front/);
    expect(shown).toMatch(/mean of trials \d+, \d+, \d+, \d+/);
  });

  it('offers every measure of size on both axes, since complexity has few values', async () => {
    const sizes = allMetrics.flatMap(({ name, measuresSize }) => (measuresSize === true ? [name] : []));
    expect(sizes.length).toBeGreaterThanOrEqual(8);
    for (const size of sizes) {
      const shown = await frame('trade-off', 160, 40, { choices: { 'trade-off x': size } });
      expect(shown, size).toContain(`by ${drawnName(cockpitSnapshot(), size)}, means over seeds: front of`);
      expect(shown, size).toMatch(/front of [1-9]\d* of 60/);
    }
  });

  it('tells of the configuration under the cursor in a line where it has no room beside the plot', async () => {
    const shown = await frame('trade-off', 80, 24, { selected: 1 });
    expect(shown).toMatch(/^2 of \d+ on the front, 4 seeds {2}accuracy /m);
  });

  it('tells of a trial what it scored on further sets, beside its own rows', async () => {
    const base = cockpitSnapshot();
    const { task } = base.definition;
    const snapshot = { ...base, definition: { ...base.definition, sets: [{ name: 'shift', task, own_task: false }] } };
    const source = {
      ...cockpitSource,
      trial: async (number: number) => {
        const found = await cockpitSource.trial(number);
        return { ...found, trial: { ...found.trial, metrics: metrics({ 'shift.accuracy': 0.8125 }) } };
      },
    };
    const view = { ...initialViewState, view: 'trial', subject: '7' };
    const read = (await viewNamed('trial').read?.(source, viewRequest(snapshot, view))) ?? null;
    expect(drawFrame({ snapshot, view, read, width: 120, height: 60 })).toMatch(/shift accuracy +0\.8125/);
  });

  it('narrows the events to a kind', async () => {
    const shown = await frame('events', 80, 24, { choices: { 'events kind': 'failures' } });
    expect(shown).toContain('── events: failures ─');
    expect(shown).not.toContain(' succeeded');
  });

  it('draws the losses of marked trials beside the training’s own', async () => {
    const shown = await frame('training', 120, 40, { marked: [3, 11] });
    for (const label of ['#7', '#3', '#11']) expect(shown).toContain(label);
  });

  it('says what a training was worth beside the theorem, and over draws of the masks', async () => {
    const shown = await frame('training', 160, 60);
    expect(shown).toMatch(/── Theorem 4\.4’s term 9\.65, vacuous, NLL gap 0\.130 ─/);
    expect(shown).toMatch(/C 0\.864, η 2\.67, Λ 0\.0310/);
    expect(shown).toMatch(/accuracy by members 0\.9100 at M 8, 95 % of draws of the masks/);
    expect(shown).toMatch(/ham +301 +9/);
    expect(shown).toMatch(/── tokens\/s \d+ at step 120/);
    expect(shown).toMatch(/── memory of the trainer 1\.28 GB/);
  });

  it('says which trainings a worker may not try again, and why', async () => {
    const shown = await frame('workers', 100, 30, { selected: 1 });
    expect(shown).toContain('QUARANTINED dropout-front #106, 3 deaths: the trainer process ended with signal SIGKILL');
    expect(shown).toContain('suspect  dropout-front #207, 1 death: the trainer process');
    expect(shown).toMatch(/trouble {2}.*trainer_died/);
  });

  it('crosses any two axes', async () => {
    const shown = await frame('axes', 120, 40, { choices: { 'axes x': 'rank', 'axes y': 'ece' } });
    expect(shown).toMatch(/── mean ECE: p down, rank across ─/);
    // The chosen one first, the next below it while there is room; the best of each is marked.
    const maps = shown.match(/── mean ECE: p down, \S+ across/g) ?? [];
    expect(maps.length).toBeGreaterThan(1);
    expect(maps[0]).toContain('rank');
    expect(shown.match(/\*0\.0\d+/g)).toHaveLength(maps.length);
  });
});
